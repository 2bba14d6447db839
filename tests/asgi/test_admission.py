"""How many may be connected: in all, per address, per user; and nothing counted stays behind."""

import asyncio
import logging
import threading
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import pytest
from fastapi import APIRouter, Depends, FastAPI, HTTPException
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from holdfast import (
    Connection,
    CurrentConnection,
    Deadlines,
    FirstMessageToken,
    Holdfast,
    Limits,
)
from holdfast.asgi.admission import Admission, Pass, Refusal, user_key
from holdfast.asgi.complaints import Complaints
from holdfast.testing import serve, until
from tests.asgi.test_limits import client, closed, refusal
from tests.support.http import events, request

pytestmark = pytest.mark.asyncio
EVENTS = {"accept": "text/event-stream"}


def listening(limits: Limits, **options: Any) -> tuple[FastAPI, Holdfast]:
    app = FastAPI()
    hf = Holdfast(app, limits=limits, **options)

    @hf.websocket("/listen")
    async def listen(conn: Connection[str]) -> None:
        async for text in conn:
            await conn.send(text)

    @hf.stream("/stream", every=3600)
    async def stream() -> int:
        return 1

    return app, hf


# -- in all, per address -------------------------------------------------------------------------


async def test_too_many_in_all_are_refused_with_503(caplog: pytest.LogCaptureFixture) -> None:
    app, _ = listening(Limits(connections=2))
    async with serve(app) as server, client(server.port, "/listen"):
        async with events(server.port, "/stream") as viewer:
            assert (await anext(viewer)).data == "1"
            for path in ("/listen", "/stream"):
                status, body = await refusal(server.port, path)
                assert (status, "too many connections" in body) == (503, True)
            assert (await request("GET", server.port, "/stream", headers=EVENTS)).status == 503
        assert caplog.messages[0] == (
            "refused a connection on /listen: too many connections (2 are open): "
            "Limits(connections=...) allows more"
        )

        async def admitted() -> bool:
            try:
                async with client(server.port, "/listen"):
                    return True
            except Exception:
                return False

        await until(admitted, what="the place of the viewer who left")


async def test_too_many_of_one_address_are_refused_with_429(
    caplog: pytest.LogCaptureFixture,
) -> None:
    app, _ = listening(Limits(connections_per_address=1))
    other = {"local_addr": ("127.0.0.2", 0)}
    async with serve(app) as server, client(server.port, "/listen"):
        status, body = await refusal(server.port, "/listen")
        assert (status, "too many connections from this address" in body) == (429, True)
        async with client(server.port, "/listen", **other):
            assert (await refusal(server.port, "/stream", **other))[0] == 429
    assert caplog.messages[0] == (
        "refused a connection on /listen: too many connections from this address (1 are open): if "
        '127.0.0.1 is your proxy, trusted_proxies=["127.0.0.1"] tells its clients apart; '
        "else Limits(connections_per_address=...) allows more"
    )


async def test_clients_behind_a_trusted_proxy_are_told_apart() -> None:
    limits = Limits(connections_per_address=1)
    app, hf = listening(limits, trusted_proxies=["127.0.0.1"])

    def of(address: str) -> dict[str, Any]:
        return {"additional_headers": {"x-forwarded-for": address}}

    async with (
        serve(app) as server,
        client(server.port, "/listen", **of("203.0.113.1")),
        client(server.port, "/listen", **of("203.0.113.2")),
        client(server.port, "/listen", **of("2001:db8:0:1::1")),
        client(server.port, "/listen", **of("2001:db8:0:2::1")),
    ):
        assert sorted(conn.address for conn in hf.connections) == [
            "2001:db8:0:1::1",
            "2001:db8:0:2::1",
            "203.0.113.1",
            "203.0.113.2",
        ]
        for address in ("203.0.113.1", "::ffff:203.0.113.1", "2001:db8:0:1:9::2"):
            assert (await refusal(server.port, "/listen", **of(address)))[0] == 429, address


def admission(limits: Limits) -> Admission:
    return Admission(limits, Complaints())


async def test_by_default_public_addresses_are_bounded_and_private_ones_are_not() -> None:
    gate = admission(Limits())
    for _ in range(1000):
        assert isinstance(gate.enter("8.8.8.8", "/"), Pass)
    assert gate.enter("8.8.8.8", "/") == Refusal(429, "too many connections from this address")
    assert isinstance(gate.enter("8.8.4.4", "/"), Pass)
    for _ in range(1100):
        for address in ("10.0.0.1", "127.0.0.1", "::1", "fd00::1", "", "testclient"):
            assert isinstance(gate.enter(address, "/"), Pass)


async def test_threads_lose_no_count() -> None:
    gate = admission(Limits(connections_per_address=10_000))

    def come_and_go() -> None:
        for _ in range(2000):
            entered = gate.enter("8.8.8.8", "/")
            assert isinstance(entered, Pass)
            entered.claim("ann")
            entered.leave()
            entered.leave()  # once is enough

    threads = [threading.Thread(target=come_and_go) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        await asyncio.to_thread(thread.join)
    assert (gate.total, gate._addresses, gate._users) == (0, {}, {})


# -- per user ------------------------------------------------------------------------------------


def users(source: Any) -> FastAPI:
    app = FastAPI()
    hf = Holdfast(app, limits=Limits(connections_per_user=1))

    @hf.websocket("/listen", user=Depends(source))
    async def listen(conn: Connection[str]) -> None:
        await conn.send(f"hello {conn.user}")
        async for _ in conn:
            pass

    @hf.stream("/stream", every=3600, user=Depends(source))
    async def stream() -> int:
        return 1

    return app


async def test_too_many_of_one_user_are_refused_with_429(caplog: pytest.LogCaptureFixture) -> None:
    async def by_name(name: str = "") -> str | None:
        return name or None

    async with serve(users(by_name)) as server:
        async with client(server.port, "/listen?name=annabella") as first:
            await first.recv()
            for path in ("/listen", "/stream"):
                status, body = await refusal(server.port, f"{path}?name=annabella")
                assert (status, "too many connections of this user" in body) == (429, True)
            answer = await request("GET", server.port, "/stream?name=annabella", headers=EVENTS)
            assert answer.status == 429
            async with (
                client(server.port, "/listen?name=ben") as other,
                client(server.port, "/listen") as nobody,
            ):
                assert await other.recv() == "hello ben"
                assert await nobody.recv() == "hello None"
                async with client(server.port, "/listen") as nobody_too:
                    assert await nobody_too.recv() == "hello None"
        assert "annabella" not in caplog.text
        async with client(server.port, "/stream?name=annabella") as again:
            assert await again.recv() == "1"


async def test_where_the_token_came_first_it_closes_with_3504() -> None:
    async def by_token(token: str = Depends(FirstMessageToken())) -> str:
        return token

    async with serve(users(by_token)) as server, client(server.port, "/listen") as first:
        await first.send("ann")
        assert await first.recv() == "hello ann"
        for path in ("/listen", "/stream"):
            async with client(server.port, path) as second:
                await second.send("ann")
                assert await closed(second) == (3504, "too many connections of this user")
        async with client(server.port, "/stream") as other:
            await other.send("ben")
            assert await other.recv() == "1"


async def test_who_the_same_user_is() -> None:
    assert user_key(SimpleNamespace(id=7)) == user_key(SimpleNamespace(id=7))
    assert user_key(SimpleNamespace(id=7)) != user_key(SimpleNamespace(id=8))
    assert user_key({"sub": "ann", "iat": 1}) == user_key({"sub": "ann", "iat": 2})
    assert user_key({"id": 7, "sub": "x"}) == user_key({"id": 7, "sub": "y"})
    assert user_key({"name": "ann"}) == user_key({"name": "ann"}) != user_key({"name": "ben"})
    assert user_key("7") != user_key(7)


# -- nothing stays counted -----------------------------------------------------------------------


class Troubled:
    """Dependencies that end a handshake, each in its way; ``entered`` is set by what waits."""

    def __init__(self) -> None:
        self.entered = asyncio.Event()

    async def refuses(self) -> None:
        raise HTTPException(401, "no")

    async def fails(self) -> None:
        raise RuntimeError("as the test wants it")

    async def waits(self) -> None:
        self.entered.set()
        await asyncio.sleep(3600)  # pacing: until it is cancelled

    async def accepts_and_fails(self, conn: CurrentConnection) -> None:
        await conn.accept()
        raise RuntimeError("as the test wants it")

    async def accepts_and_refuses(self, conn: CurrentConnection) -> None:
        await conn.accept()
        raise HTTPException(403, "no")

    async def cleans_up_badly(self) -> AsyncIterator[None]:
        yield
        raise RuntimeError("as the test wants it")


DEPENDENCIES = [name for name in vars(Troubled) if not name.startswith("_")]


def endings() -> tuple[FastAPI, Holdfast, asyncio.Event]:
    """A path for each way in which a connection can end, and what is set when one waits."""
    app, troubled = FastAPI(), Troubled()
    quick = Deadlines(grace=0.1, cleanup_timeout=0.1)
    hf = Holdfast(app, limits=Limits(connections=1, handshake=0.5), deadlines=quick)
    for name in DEPENDENCIES:
        dependencies = [Depends(getattr(troubled, name))]
        add_empty_handlers(hf, f"/{name}", dependencies=dependencies)
        router = APIRouter(prefix="/router", dependencies=dependencies)
        add_empty_handlers(hf, f"/{name}", router=router)
        app.include_router(router)
    add_handlers(hf, troubled.entered)
    return app, hf, troubled.entered


def add_empty_handlers(hf: Holdfast, path: str, **options: Any) -> None:
    @hf.websocket(path, **options)
    async def handler(conn: Connection[str]) -> None: ...

    @hf.stream(f"{path}/stream", every=60, **options)
    async def stream() -> int:
        return 1


def add_handlers(hf: Holdfast, entered: asyncio.Event) -> None:
    @hf.websocket("/raises")
    async def raises(conn: Connection[str]) -> None:
        raise RuntimeError("as the test wants it")

    @hf.websocket("/unaccepted", accept=False)
    async def unaccepted(conn: Connection[str]) -> None: ...

    @hf.websocket("/listen")
    async def listen(conn: Connection[str]) -> None:
        entered.set()
        async for text in conn:
            await conn.send(text)

    @hf.websocket("/sleeps")
    async def sleeps(conn: Connection[str]) -> None:
        entered.set()
        await asyncio.sleep(3600)  # pacing: until it is cancelled


async def nobody_is_counted(hf: Holdfast) -> None:
    await until(lambda: hf._gate.admission.total == 0, 5, "nobody is counted")
    assert hf.connections == []


REFUSED = [
    router + path + stream
    for path in ("/refuses", "/fails", "/accepts_and_fails", "/accepts_and_refuses")
    for router in ("", "/router")
    for stream in ("", "/stream")
]


async def test_a_connection_that_ends_is_not_counted() -> None:
    """Each is refused, closed or cut off; with a limit of one, the next would notice."""
    app, hf, _ = endings()
    over = ["/cleans_up_badly", "/router/cleans_up_badly", "/raises", "/unaccepted"]
    async with serve(app) as server:
        for path in [*REFUSED, *over]:
            status, code = await outcome(server.port, path)
            assert (status, code) not in [(101, 0), (503, 0)], path
            if "accepts_and_refuses" in path:
                assert code == 3507
            await nobody_is_counted(hf)
            if path.endswith("/stream"):
                assert (await request("GET", server.port, path, headers=EVENTS)).status in (
                    401,
                    500,
                )
                await nobody_is_counted(hf)


async def outcome(port: int, path: str) -> tuple[int, int]:
    """The handshake's status, and the close code where there was one."""
    try:
        async with client(port, path) as websocket, asyncio.timeout(5):
            await websocket.wait_closed()
    except InvalidStatus as refused:
        return refused.response.status_code, 0
    return 101, websocket.close_code or 0


@pytest.mark.parametrize("path", ["/waits", "/waits/stream", "/listen", "/sleeps"])
@pytest.mark.parametrize("way", ["reset", "vanish"])
async def test_a_client_that_vanishes_is_not_counted(path: str, way: str) -> None:
    app, hf, entered = endings()
    async with serve(app) as server:
        connecting = asyncio.create_task(
            connect(f"ws://127.0.0.1:{server.port}{path}").__aenter__()
        )
        await entered.wait()
        assert hf._gate.admission.total == 1
        if path.startswith("/waits"):
            connecting.cancel()
        else:
            transport = (await connecting).transport
            transport.abort() if way == "reset" else transport.close()
        await nobody_is_counted(hf)


async def test_events_that_end_are_not_counted() -> None:
    app, hf = listening(Limits(connections=1))
    async with serve(app) as server:
        for _ in range(2):
            async with events(server.port, "/stream", headers=EVENTS) as viewer:
                assert (await anext(viewer)).data == "1"
                assert hf._gate.admission.total == 1
            await nobody_is_counted(hf)
        assert (await request("GET", server.port, "/stream")).status == 426
        await nobody_is_counted(hf)


async def test_a_handshake_that_a_stop_cancels_is_not_counted() -> None:
    app, hf, entered = endings()
    async with serve(app) as server:
        connecting = asyncio.create_task(
            connect(f"ws://127.0.0.1:{server.port}/waits").__aenter__()
        )
        await entered.wait()
    connecting.cancel()
    assert hf._gate.admission.total == 0


# -- the log -------------------------------------------------------------------------------------


async def test_a_flood_of_refusals_is_a_few_lines(caplog: pytest.LogCaptureFixture) -> None:
    gate = admission(Limits(connections=1))
    gate.enter("", "/")
    with caplog.at_level(logging.WARNING, "holdfast"):
        for _ in range(1000):
            gate.enter("", "/")
        assert len(caplog.messages) == 5
        gate.complaints._buckets["too many connections"]._at -= 10  # as if so long ago
        gate.enter("", "/")
    assert caplog.messages[5].endswith("(and 995 more like it, not logged)")
