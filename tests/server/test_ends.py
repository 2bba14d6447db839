"""How connections end on our own server when several things happen at once."""

import asyncio
import logging
import random
import socket
from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI, WebSocket

from holdfast import Closed, Connection, Deadlines, Disconnected, Endpoint, Holdfast, InboxLimits
from holdfast.testing import until
from holdfast.testing.frames import CLOSE, PING, TEXT, close_frame, frame
from tests.server.support import (
    SOCKETS,
    Certificate,
    Receive,
    Scope,
    Send,
    Site,
    Taped,
    accepted,
    said,
    serving,
)

QUICK = {"ws_ping_interval": 0.2, "ws_ping_timeout": 0.2}


def errors(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [r.getMessage().strip() for r in caplog.records if r.levelno >= logging.WARNING]


@SOCKETS
async def test_what_was_sent_before_a_fin_is_handled(kind: str, certificate: Certificate) -> None:
    got: list[Any] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await accepted(receive, send)
        await go.wait()
        while (message := await receive())["type"] == "websocket.receive":
            got.append(message["text"])
        got.append(message["code"])

    go = asyncio.Event()
    async with serving(app, kind, certificate) as site:
        client = await site.connect("/")
        for text in "abc":
            client.send_text(text)
        client.vanish()
        await until(lambda: not site.state.connections)
        go.set()
        await until(lambda: got == ["a", "b", "c", 1006])
        await until(site.idle)


@SOCKETS
async def test_close_frames_that_cross(kind: str, certificate: Certificate) -> None:
    """Each side has begun the closing handshake; neither waits for the other."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await accepted(receive, send)
        await receive()
        await send({"type": "websocket.close", "code": 4000})
        codes.append((await receive())["code"])

    codes: list[int] = []
    async with serving(app, kind, certificate) as site:
        client = await site.connect("/")
        client._closing = True
        client.write(frame(TEXT, b"x"))
        await until(lambda: codes)
        client.write(close_frame(4001))
        assert await client.end() == 4000
        assert client.frames == said(CLOSE, b"\x0f\xa0")
        assert codes == [4000]
        await until(site.idle)


async def test_frames_after_a_close_frame_are_nothing(seen: list[Any]) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await accepted(receive, send)
        seen.append(await receive())

    async with serving(app) as site:
        client = await site.connect("/")
        client._closing = True
        client.write(close_frame(4000) + frame(TEXT, b"late") + frame(PING, b"late") + b"\xff" * 99)
        assert await client.end() == 4000
        assert client.frames == said(CLOSE, b"\x0f\xa0")
        assert [message["code"] for message in seen] == [4000]
        await until(site.idle)


@pytest.mark.parametrize("adopt", [True, False])
@SOCKETS
async def test_no_pong_ends_an_endpoint(
    app: FastAPI, hf: Holdfast, kind: str, certificate: Certificate, adopt: bool, seen: list[Any]
) -> None:
    @hf.websocket("/ws", adopt=adopt)
    class Silent(Endpoint[str]):
        async def on_disconnect(self, conn: Connection[str], closed: Closed) -> None:
            seen.append(closed)

    async with serving(app, kind, certificate, **QUICK) as site:
        client = await site.connect("/ws")
        client.half_open()
        await until(lambda: seen)
        await until(lambda: site.idle() and not hf.connections)
        assert seen == [Closed(1006, "no pong within 0.2 s")]
        client.transport.abort()
        await client.end()


@pytest.mark.parametrize("adopt", [True, False])
async def test_a_client_that_leaves_while_its_inbox_is_full(
    app: FastAPI, hf: Holdfast, adopt: bool, seen: list[Any]
) -> None:
    @hf.websocket("/ws", adopt=adopt, inbox=InboxLimits(messages=2))
    class Busy(Endpoint[str]):
        async def on_message(self, conn: Connection[str], message: str) -> None:
            seen.append(message)
            await asyncio.Event().wait()

        async def on_disconnect(self, conn: Connection[str], closed: Closed) -> None:
            seen.append(closed.code)

    async with serving(app, **QUICK) as site:
        client = await site.connect("/ws")
        for n in range(10):
            client.send_text(str(n))
        (link,) = site.state.connections
        await until(lambda: link.held)
        client.reset()
        await until(lambda: seen == ["0", 1006], 4)
        await until(lambda: site.idle() and not hf.connections)


@pytest.mark.parametrize("adopt", [True, False])
async def test_a_shutdown_that_is_cut_short_tells_all_the_same(
    app: FastAPI, adopt: bool, seen: list[Any]
) -> None:
    """The graceful time is over while a callback runs: it is cancelled, and the end is told."""
    hf = Holdfast(app, deadlines=Deadlines(grace=5.0, cleanup_timeout=1.0))

    @hf.websocket("/ws", adopt=adopt)
    class Stubborn(Endpoint[str]):
        async def on_message(self, conn: Connection[str], message: str) -> None:
            seen.append("begun")
            try:
                await asyncio.Event().wait()
            finally:
                seen.append("cancelled")

        async def on_disconnect(self, conn: Connection[str], closed: Closed) -> None:
            seen.append(closed.code)

    async with serving(app, timeout_graceful_shutdown=0.2) as site:
        client = await site.connect("/ws")
        client.send_text("a")
        await until(lambda: seen)
    assert seen == ["begun", "cancelled", 1012]
    assert client.code == 1012


@pytest.mark.parametrize("adopt", [True, False])
async def test_a_shutdown_of_one_that_is_held(
    app: FastAPI, hf: Holdfast, adopt: bool, seen: list[Any]
) -> None:
    @hf.websocket("/ws", adopt=adopt, inbox=InboxLimits(messages=2))
    class Busy(Endpoint[str]):
        async def on_message(self, conn: Connection[str], message: str) -> None:
            await asyncio.Event().wait()

        async def on_disconnect(self, conn: Connection[str], closed: Closed) -> None:
            seen.append(closed.code)

    async with serving(app) as site:
        client = await site.connect("/ws")
        for _ in range(10):
            client.send_text("x")
        (link,) = site.state.connections
        await until(lambda: link.held)
    assert seen == [1012]
    assert client.code == 1012


async def test_a_send_after_the_end_says_so(app: FastAPI, hf: Holdfast, seen: list[Any]) -> None:
    @hf.websocket("/ws")
    class Ended(Endpoint[str]):
        async def on_connect(self, conn: Connection[str]) -> None:
            seen.append(conn)

    async with serving(app) as site:
        client = await site.connect("/ws")
        client.close(4000, "bye")
        await client.end()
        await until(site.idle)
        (conn,) = seen
        with pytest.raises(Disconnected) as gone:
            await conn.send("late")
        assert (gone.value.code, gone.value.reason) == (4000, "bye")
        await conn.close(4001)
        assert conn.closed == Closed(4000, "bye")


@pytest.mark.parametrize("adopt", [True, False])
async def test_a_viewer_is_closed_after_its_last_value(
    app: FastAPI, hf: Holdfast, adopt: bool
) -> None:
    @hf.stream("/ws", adopt=adopt)
    async def numbers() -> Any:
        for n in range(3):
            yield n

    async with serving(app) as site:
        client = await site.connect("/ws")
        assert [await client.receive() for _ in range(3)] == ["0", "1", "2"]
        assert await client.end() == 1000
        await until(lambda: site.idle() and not hf.connections)


ACTS: list[Callable[[Taped, random.Random], Any]] = [
    lambda client, dice: client.send_text("x" * dice.choice([1, 200, 5_000])),
    lambda client, dice: client.ping(b"p"),
    lambda client, dice: client.write(frame(TEXT, b"part", first=0)),
    lambda client, dice: client.close(4000),
    lambda client, dice: client.reset(),
    lambda client, dice: client.vanish(),
    lambda client, dice: client.garbage("random", dice.randrange(100)),
    lambda client, dice: client.stall(),
]


@SOCKETS
@pytest.mark.parametrize("path", ["/plain", "/handler", "/adopted", "/viewer"])
async def test_many_that_end_anyhow_leave_nothing(
    app: FastAPI,
    hf: Holdfast,
    kind: str,
    certificate: Certificate,
    path: str,
    caplog: pytest.LogCaptureFixture,
    impatient: None,
) -> None:
    """Each does a few things at once; a healthy one beside them gets all of its own."""
    build_all(app, hf)
    dice = random.Random(path)
    async with serving(app, kind, certificate, **QUICK) as site:
        healthy = await site.connect("/plain")
        for n in range(40):
            client = await connected(site, path)
            for _ in range(dice.randrange(1, 5)):
                if not client.transport.is_closing():
                    dice.choice(ACTS)(client, dice)
            await hf.publish("news", "n" * 1000)
            healthy.send_text(str(n))
            assert await healthy.receive() == str(n)
            client.loop.call_later(0.5, client.transport.abort)
        await until(lambda: len(site.state.connections) == 1, 6)
        await until(lambda: not hf.connections)
        healthy.close()
        assert await healthy.end() == 1000
        await until(site.idle)
    # Closing a client for a flood or a stall is worth a line; a traceback is not among them.
    assert not [r for r in caplog.records if r.exc_info]


async def connected(site: Site, path: str) -> Taped:
    client = await site.connect(path)
    client.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
    return client


def build_all(app: FastAPI, hf: Holdfast) -> None:
    """A path for each way a connection can live."""

    @app.websocket("/plain")
    async def plain(websocket: WebSocket) -> None:
        await websocket.accept()
        async for text in websocket.iter_text():
            await websocket.send_text(text)

    @hf.websocket("/handler")
    async def handler(conn: Connection[str]) -> None:
        await conn.join("news")
        async for text in conn:
            await conn.send(text)

    @hf.websocket("/adopted")
    class Adopted(Endpoint[str]):
        async def on_connect(self, conn: Connection[str]) -> None:
            await conn.join("news")

        async def on_message(self, conn: Connection[str], message: str) -> None:
            await conn.send(message)

    @hf.subscribe("/viewer")
    async def viewer() -> str:
        return "news"
