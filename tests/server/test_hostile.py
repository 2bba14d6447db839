"""What one client, or one mistake, must not do to the others."""

import asyncio
import logging
import socket
import zlib
from typing import Any

import pytest
from fastapi import FastAPI, WebSocket

from holdfast import Connection, Endpoint, Holdfast
from holdfast.server.protocol import Protocol
from holdfast.testing import until
from tests.server.support import Site, serving

EMPTY = b"\x81\x80\0\0\0\0"  # a text frame of nothing, masked with nothing
DEFLATE = {"Sec-WebSocket-Extensions": "permessage-deflate"}


def links(site: Site) -> list[Protocol]:
    return [link for link in site.state.connections if isinstance(link, Protocol)]


async def settled(site: Site, hf: Holdfast) -> None:
    await until(lambda: site.idle() and not hf.connections)
    assert not hf.runtime().handlers


# -- crowds ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/plain", "/adopted"])
async def test_a_crowd_of_messages_gives_others_a_turn(
    app: FastAPI, hf: Holdfast, path: str, seen: list[Any]
) -> None:
    """Handlers that never suspend, and messages that are all there."""

    @app.websocket("/plain")
    async def plain(websocket: WebSocket) -> None:
        await websocket.accept()
        while await websocket.receive_text() == "":
            seen.append(None)

    @hf.websocket("/adopted")
    class Adopted(Endpoint[str]):
        async def on_message(self, conn: Connection[str], message: str) -> None:
            seen.append(None)

    turns = 0

    def turn() -> None:
        nonlocal turns
        turns += bool(seen)
        if len(seen) < 6400:
            asyncio.get_running_loop().call_soon(turn)

    async with serving(app) as site:
        client = await site.connect(path)
        asyncio.get_running_loop().call_soon(turn)
        client.write(EMPTY * 6400)
        await until(lambda: len(seen) == 6400)
        client.close()
        await client.end()
    assert turns > 50


async def test_a_crowd_that_waits_is_handed_on_one_by_one(app: FastAPI, hf: Holdfast) -> None:
    """Each message taken makes room for one: handing that on must not touch all the others."""
    may_read = asyncio.Event()

    @hf.websocket("/ws")
    async def late(conn: Connection[str]) -> None:
        await may_read.wait()
        async for _ in conn:
            pass

    async with serving(app) as site:
        client = await site.connect("/ws")
        client.write(EMPTY * 20_000)
        await until(lambda: links(site) and links(site)[0].held)
        (link,) = links(site)
        kept = link._kept
        may_read.set()
        await until(lambda: not link.held or link._kept is not kept)
        assert kept is not None
        assert not kept  # it was emptied, and never copied
        client.close()
        await client.end()


async def test_what_compressed_frames_become_is_bounded(app: FastAPI, hf: Holdfast) -> None:
    """Eighty bytes become 64 KiB: a read of them would be 46 MB of messages nobody takes."""
    may_read = asyncio.Event()

    @hf.websocket("/ws")
    async def busy(conn: Connection[str]) -> None:
        await may_read.wait()

    deflate = zlib.compressobj(wbits=-15)
    squeezed = (deflate.compress(b"x" * 65_000) + deflate.flush(zlib.Z_SYNC_FLUSH))[:-4]
    frame = bytes([0xC1, 0x80 | len(squeezed), 0, 0, 0, 0]) + squeezed
    async with serving(app, ws_per_message_deflate=True) as site:
        client = await site.connect("/ws", headers=DEFLATE)
        client.write(frame * 700)
        await until(lambda: links(site) and links(site)[0].held)
        (link,) = links(site)
        assert sum(len(event) for event in link._kept or () if isinstance(event, str)) < 4_500_000
        assert link.unread
        may_read.set()
        await client.end()


# -- mistakes --------------------------------------------------------------------------------------


class Odd(Exception):
    """Many have a code that is none of a close frame's."""

    code: Any = 404
    reason: Any = OSError("no text")


@pytest.mark.parametrize("code", [404, "f405", 1006])
async def test_an_exception_with_any_code_ends_its_connection(
    app: FastAPI, hf: Holdfast, code: Any
) -> None:
    """And its handler's answer comes first, be that a coroutine function or not."""
    Odd.code = code

    @app.exception_handler(Odd)
    def handle(websocket: WebSocket, error: Odd) -> None:
        asyncio.run_coroutine_threadsafe(websocket.send_text("odd"), loop).result(5)

    loop = asyncio.get_running_loop()

    @hf.websocket("/ws")
    class Raising(Endpoint[str]):
        async def on_message(self, conn: Connection[str], message: str) -> None:
            raise Odd

    async with serving(app) as site:
        client = await site.connect("/ws")
        client.send_text("?")
        assert await client.receive_text() == "odd"
        assert await client.end() == 1011
        await settled(site, hf)


async def test_a_callback_does_not_end_the_process(
    app: FastAPI, hf: Holdfast, caplog: pytest.LogCaptureFixture
) -> None:
    @hf.websocket("/ws")
    class Leaving(Endpoint[str]):
        async def on_message(self, conn: Connection[str], message: str) -> None:
            raise SystemExit(3)

    async with serving(app) as site:
        client = await site.connect("/ws")
        client.send_text("?")
        assert await client.end() == 1011
        await settled(site, hf)
    assert [r for r in caplog.records if r.levelno >= logging.ERROR and r.exc_info]


async def test_a_task_cancelled_before_its_first_step_still_ends_its_connection(
    app: FastAPI, hf: Holdfast, seen: list[Any]
) -> None:
    @hf.websocket("/ws")
    class Echo(Endpoint[str]):
        async def on_message(self, conn: Connection[str], message: str) -> None:
            await conn.send(message)

        async def on_disconnect(self, conn: Connection[str], closed: Any) -> None:
            seen.append(closed.code)

    def cancel_new() -> None:
        fresh = list(hf.runtime().handlers)
        for task in fresh:
            task.cancel()
        if not fresh:
            asyncio.get_running_loop().call_soon(cancel_new)

    async with serving(app) as site:
        client = await site.connect("/ws")
        await until(lambda: hf.connections and not site.state.tasks)
        asyncio.get_running_loop().call_soon(cancel_new)
        client.send_text("?")
        assert await client.end() in (3001, 1011)
        await settled(site, hf)
    assert len(seen) == 1


async def test_a_handshake_behind_a_response_that_still_waits_comes_after_it(app: FastAPI) -> None:
    """A client that asks for pages and upgrades on the same connection, before it reads."""
    page = "p" * 300_000

    @app.get("/page")
    async def get() -> str:
        return page

    @app.websocket("/ws")
    async def endpoint(websocket: WebSocket) -> None:
        await websocket.accept()
        await websocket.send_text("first")
        await websocket.receive()

    # uvicorn times the connection from the last page on, though a handshake is there.
    async with serving(app, timeout_keep_alive=60) as site:
        ask = b"GET /page HTTP/1.1\r\nHost: localhost\r\n\r\n"
        upgrade = (
            b"GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        )
        with socket.create_connection(("127.0.0.1", site.server.port)) as sock:
            sock.setblocking(False)
            loop = asyncio.get_running_loop()
            await loop.sock_sendall(sock, ask * 40 + upgrade)
            tape = b""
            while not tape.endswith(b"first"):
                tape += (read := await asyncio.wait_for(loop.sock_recv(sock, 65536), 10))
                assert read, "the server has closed the connection"
    answers, _, rest = tape.partition(b"HTTP/1.1 101")
    assert answers.count(b"HTTP/1.1 200") == answers.count(page.encode()) == 40
    assert rest.count(b"first") == 1
