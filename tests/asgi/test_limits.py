"""What one client may send, join and wait for; beyond it, the documented close code."""

import asyncio
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from fastapi import Depends, FastAPI
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from holdfast import (
    ConfigurationError,
    Connection,
    CurrentConnection,
    Endpoint,
    FirstMessageToken,
    Holdfast,
    LimitReached,
    Limits,
    Rate,
)
from holdfast.testing import serve, until
from tests.support.http import request

pytestmark = pytest.mark.asyncio


def app_with(**limits: Any) -> tuple[FastAPI, Holdfast]:
    app = FastAPI()
    hf = Holdfast(app, limits=Limits(**limits))

    @hf.websocket("/echo")
    async def echo(conn: Connection[bytes | str]) -> None:
        async for frame in conn:
            await conn.send(frame)

    @hf.websocket("/busy")
    async def busy(conn: Connection[str]) -> None:
        await asyncio.sleep(3600)  # pacing: until it is cancelled

    @hf.stream("/stream", every=3600)
    async def stream() -> int:
        return 1

    return app, hf


@asynccontextmanager
async def client(
    port: int, path: str, host: str = "127.0.0.1", **options: Any
) -> AsyncIterator[ClientConnection]:
    async with connect(f"ws://{host}{path}", host="127.0.0.1", port=port, **options) as websocket:
        yield websocket


async def closed(websocket: ClientConnection, within: float = 5.0) -> tuple[int, str]:
    """The server's close code and reason, after whatever it sent before."""
    with pytest.raises(ConnectionClosed) as caught:
        async with asyncio.timeout(within):
            while True:
                await websocket.recv()
    assert caught.value.rcvd is not None, "closed without a close frame"
    return caught.value.rcvd.code, caught.value.rcvd.reason


async def refusal(port: int, path: str, **options: Any) -> tuple[int, str]:
    """The status and the text of a refused handshake."""
    with pytest.raises(InvalidStatus) as caught:
        async with client(port, path, **options):
            pass
    response = caught.value.response
    return response.status_code, response.body.decode()


# -- what cannot work ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("limits", "cure"),
    [
        ({"message_bytes": 0}, "a whole number from 1, or None"),
        ({"message_bytes": "64k"}, "a whole number from 1, or None"),
        ({"connections": -1}, "a whole number from 1, or None"),
        ({"connections_per_user": True}, "a whole number from 1, or None"),
        ({"channels": 1.5}, "a whole number from 1, or None"),
        ({"handshake": 0}, "seconds above 0, or None"),
        ({"first_message": "5"}, "seconds above 0, or None"),
        ({"rate": 100}, r"Rate\(per_second=..., burst=...\), or None"),
        ({"memory": 256}, r"such as 256 \* 1024\*\*2, or None"),
    ],
)
async def test_a_limit_that_cannot_work_is_an_error(limits: dict[str, Any], cure: str) -> None:
    with pytest.raises(ConfigurationError, match=cure):
        Limits(**limits)


@pytest.mark.parametrize("rate", [(0, 1), (-1, 1), (1, 0), (1, 0.5), ("1", 1)])
async def test_a_rate_that_lets_nothing_through_is_an_error(rate: tuple[Any, Any]) -> None:
    with pytest.raises(ConfigurationError, match="write rate=None"):
        Rate(*rate)


async def test_none_switches_every_limit_off() -> None:
    off = Limits(**dict.fromkeys(Limits.__struct_fields__))
    app = FastAPI()
    hf = Holdfast(app, limits=off)

    @hf.websocket("/joins", user=Depends(lambda: "ann"))
    async def joins(conn: Connection[str]) -> None:
        for number in range(200):
            await conn.join(f"channel-{number}")
        await conn.send("joined")
        async for text in conn:
            await conn.send(str(len(text)))

    async with serve(app) as server, client(server.port, "/joins") as websocket:
        assert await websocket.recv() == "joined"
        await websocket.send("x" * 100_000)
        assert await websocket.recv() == "100000"
        for _ in range(600):
            await websocket.send("x")
        for _ in range(600):
            await websocket.recv()


async def test_every_limit_is_documented() -> None:
    """With its default, in the table of docs/limits.md."""
    page = (Path(__file__).parents[2] / "docs" / "limits.md").read_text().partition("## Origins")[0]
    rows = dict(re.findall(r"^\| `(\w+)` \| ([^|]+) \|", page, re.MULTILINE))
    assert set(rows) == set(Limits.__struct_fields__)
    for name, row in rows.items():
        default = getattr(Limits(), name)
        said = row if isinstance(default, Rate) else row.replace(",", "").split()[0].strip(":")
        expected = f"`{default}`" if isinstance(default, Rate) else f"{default}".removesuffix(".0")
        assert said == expected.replace("100.0", "100"), name


# -- messages ------------------------------------------------------------------------------------


async def test_a_message_over_the_limit_closes_with_1009() -> None:
    app, _ = app_with(message_bytes=1000)
    fits: list[str | bytes] = ["x" * 1000, b"x" * 1000, "ä" * 500]
    large: list[Any] = [
        "x" * 1001,
        b"x" * 1001,
        "ä" * 501,  # 1,002 bytes in UTF-8
        ["x" * 500, "x" * 501],  # in two fragments
    ]
    async with serve(app) as server:
        for message in large:
            async with client(server.port, "/echo") as websocket:
                for one in fits:
                    await websocket.send(one)
                    assert await websocket.recv() == one
                await websocket.send(message)
                code, reason = await closed(websocket)
                assert code == 1009
                assert reason.endswith("bytes, the limit is 1000")


@pytest.mark.parametrize("path", ["/echo", "/stream"])
async def test_a_flood_closes_with_3013(path: str) -> None:
    app, hf = app_with(rate=Rate(per_second=1, burst=20))
    async with serve(app) as server, client(server.port, path) as websocket:
        for _ in range(20):
            await websocket.send("x")
        if path == "/echo":
            for _ in range(20):
                assert await websocket.recv() == "x"
        with suppress(ConnectionClosed):
            for _ in range(20):  # some may have come back meanwhile, one a second
                await websocket.send("x")
        assert await closed(websocket) == (3013, "more than 1 messages a second")
        await until(lambda: not hf.connections)


async def test_a_client_at_the_rate_is_left_alone() -> None:
    app, _ = app_with(rate=Rate(per_second=200, burst=2))
    async with serve(app) as server, client(server.port, "/echo") as websocket:
        for _ in range(40):
            await websocket.send("x")
            await websocket.recv()
            await asyncio.sleep(0.02)  # pacing: 50 a second


async def test_a_busy_handler_slows_its_client_down_instead() -> None:
    """What waits in the server's buffers and the socket's was not received, and is not counted."""
    app, hf = app_with(rate=Rate(per_second=1, burst=50))
    async with serve(app) as server, client(server.port, "/busy") as websocket:
        for _ in range(200):
            await websocket.send("x")
        await until(lambda: hf.connections and hf.connections[0].inbox.full)
        assert hf.connections[0].closed is None
        websocket.transport.abort()  # its close frame would wait for the handler, too


async def test_no_first_message_closes_with_3502() -> None:
    app, _ = app_with(first_message=0.5)
    async with serve(app) as server, client(server.port, "/echo") as talking:
        await talking.send("hello")
        assert await talking.recv() == "hello"
        async with client(server.port, "/stream") as viewer:
            assert await viewer.recv() == "1"
            async with client(server.port, "/echo") as silent:
                assert await closed(silent) == (3502, "no message within 0.5 s")
            for other in (viewer, talking):  # whose time came earlier
                await (await other.ping())
            await talking.send("still here")
            assert await talking.recv() == "still here"


# -- channels ------------------------------------------------------------------------------------


async def test_a_channel_too_many_raises_and_uncaught_closes_with_3505() -> None:
    app = FastAPI()
    hf = Holdfast(app, limits=Limits(channels=2))

    @hf.websocket("/joins")
    async def joins(conn: Connection[str]) -> None:
        async for name in conn:
            await conn.join(name)
            await conn.send("joined")

    @hf.websocket("/catches")
    async def catches(conn: Connection[str]) -> None:
        for name in ("a", "a", "b"):  # joining twice is nothing
            await conn.join(name)
        with pytest.raises(LimitReached, match="in 2 channels") as caught:
            await conn.join("c")
        await conn.send(str(int(caught.value.code)))
        await conn.leave("a")
        await conn.join("c")
        await conn.send(",".join(sorted(conn.subscriptions)))

    async with serve(app) as server:
        async with client(server.port, "/catches") as websocket:
            assert await websocket.recv() == "3505"
            assert await websocket.recv() == "b,c"
        async with client(server.port, "/joins") as websocket:
            await hf.broadcast("a channel of ours, which is not counted")
            await websocket.recv()
            for name in ("a", "b", "c"):
                await websocket.send(name)
            assert [await websocket.recv() for _ in "ab"] == ["joined", "joined"]
            code, reason = await closed(websocket)
            assert (code, reason[:31]) == (3505, "the connection is in 2 channels")
            await until(lambda: not hf.connections)
            assert hf.statistics().channels <= 1  # that of the broadcast


# -- the handshake -------------------------------------------------------------------------------


def slow_app() -> tuple[FastAPI, list[str]]:
    """Ways to take too long before the accept, and which of them were ended."""
    app, ended = FastAPI(), []
    hf = Holdfast(app, limits=Limits(handshake=0.2, connections=1))

    async def slow() -> AsyncIterator[None]:
        try:
            await asyncio.sleep(3600)  # pacing: until it is cancelled
            yield
        finally:
            ended.append("dependency")

    def blocking() -> None:
        time.sleep(0.4)  # pacing: nobody can cancel a thread

    async def accepts_itself(conn: CurrentConnection) -> None:
        await conn.accept()
        await asyncio.sleep(3600)  # pacing: until it is cancelled

    async def after_token(token: str = Depends(FirstMessageToken())) -> None:
        try:
            await asyncio.sleep(3600)  # pacing: until it is cancelled
        finally:
            ended.append(token)

    for name, dependency in {
        "slow": slow,
        "blocking": blocking,
        "token": after_token,
        "accepts": accepts_itself,
    }.items():

        @hf.websocket(f"/{name}", dependencies=[Depends(dependency)])
        async def handler(conn: Connection[str]) -> None: ...

        @hf.stream(f"/{name}/stream", every=60, dependencies=[Depends(dependency)])
        async def stream() -> int:
            return 1

    @hf.websocket("/decides", accept=False)
    async def decides(conn: Connection[str]) -> None:
        await asyncio.sleep(3600)  # pacing: until it is cancelled

    @hf.websocket("/class")
    class Slow(Endpoint[str]):
        async def on_connect(self, conn: Connection[str], nothing: None = Depends(slow)) -> None:
            raise AssertionError("nothing was yielded")

    @hf.websocket("/quick")
    async def quick(conn: Connection[str]) -> None:
        async for text in conn:
            await conn.send(text)

    return app, ended


async def test_a_slow_handshake_is_refused_with_503() -> None:
    app, ended = slow_app()
    async with serve(app) as server:
        for path in ("/slow", "/blocking", "/decides", "/class", "/slow/stream"):
            status, body = await refusal(server.port, path)
            assert (status, "the handshake took too long" in body) == (503, True), path
        answer = await request(
            "GET", server.port, "/slow/stream", headers={"accept": "text/event-stream"}
        )
        assert answer.status == 503
        assert ended == ["dependency"] * 4
        async with client(server.port, "/quick") as websocket:  # nothing is counted any more
            await asyncio.sleep(0.3)  # pacing: longer than the handshake may take
            await websocket.send("x")
            assert await websocket.recv() == "x"


async def test_a_slow_judge_of_a_token_closes_with_3508() -> None:
    app, ended = slow_app()
    async with serve(app) as server:
        async with client(server.port, "/token") as websocket:
            await asyncio.sleep(0.3)  # pacing: the token itself may take longer
            await websocket.send("a token")
            assert await closed(websocket) == (3508, "the handshake took too long")
        assert ended == ["a token"]
        async with client(server.port, "/accepts") as websocket:
            assert await closed(websocket) == (3508, "the handshake took too long")
        async with client(server.port, "/quick") as websocket:
            await websocket.send("x")
            assert await websocket.recv() == "x"
