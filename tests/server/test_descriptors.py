"""A descriptor's number is given to the next client: what is written to the last must not reach it.

Each test forces the reuse, and proves it: the new connection has the number of the old one, whose
handler or ``on_disconnect`` still runs.
"""

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, Self

import pytest
from fastapi import Depends, FastAPI, WebSocket

from holdfast import Connection, Disconnected, Endpoint, Holdfast
from holdfast.testing import until
from holdfast.testing.frames import CLOSE, TEXT
from tests.server.support import SOCKETS, Certificate, Site, Taped, said, serving

SECRET = "meant for the last one"
RESTART = said(CLOSE, b"\x03\xf4server shutdown")


class Batch:
    """What the hub gives a link."""

    payload = said(TEXT, SECRET.encode())


class Old:
    """The connection that ends: its handler goes on until it may."""

    def __init__(self) -> None:
        self.link: Any = None
        self.send: Callable[[str], Awaitable[None]]
        self.in_clean_up = asyncio.Event()
        self.may_end = asyncio.Event()

    async def clean_up(self) -> None:
        """Take long, and write to the client again and again."""
        self.in_clean_up.set()
        await self.may_end.wait()
        for _ in range(3):
            with suppress(OSError, Disconnected, RuntimeError):
                await self.send(SECRET)

    def write_in_every_way(self) -> None:
        """What a server, a hub and a watch call: none of it may raise."""
        link = self.link
        link.push(b"\x81\x03abc")
        link.write([Batch()])
        link.write([Batch(), Batch()])
        link.ping()
        link.resume_writing()
        link.push(b"\x81\x03abc")
        link.resume()
        link.settle()
        link.silent(1.0)
        link.close(4000, "too late")
        link.stuck("too late")
        link.abort()
        link.hang_up()
        link.shutdown()
        link.lane.stopping = False  # it was not the server that stopped
        link.eof_received()
        link.push(b"\x81\x03abc")


def build(app: FastAPI, hf: Holdfast, old: Old) -> None:
    """``/raw``, ``/handler`` and ``/adopted`` for the old connection; ``/new`` for the next."""

    @app.websocket("/raw")
    async def raw(websocket: WebSocket) -> None:
        old.send = websocket.send_text
        old.link = websocket.scope["extensions"]["holdfast.link"]
        await websocket.accept()
        try:
            await websocket.receive_text()
        finally:
            await old.clean_up()

    def note(conn: Connection[Any]) -> None:
        old.send, old.link = conn.send, conn.link

    async def user() -> str:
        return "old"

    @hf.websocket("/handler", user=Depends(user))
    async def handler(conn: Connection[str]) -> None:
        note(conn)
        await conn.join("news")
        try:
            await conn.receive()
        finally:
            await old.clean_up()

    @hf.websocket("/adopted", user=Depends(user))
    class Adopted(Endpoint[str]):
        async def on_connect(self, conn: Connection[str]) -> None:
            note(conn)
            await conn.join("news")

        async def on_disconnect(self, conn: Connection[str], closed: Any) -> None:
            await old.clean_up()

    @app.websocket("/new")
    async def new(websocket: WebSocket) -> None:
        await websocket.accept()
        with suppress(Exception):
            while True:
                await websocket.send_text(await websocket.receive_text())


class Holes:
    """Takes free descriptors, for the length of a block, so that a certain one is given next."""

    def __enter__(self) -> Self:
        self._taken: list[int] = []
        return self

    def __exit__(self, *error: object) -> None:
        for descriptor in self._taken:
            os.close(descriptor)

    def fill(self, number: int) -> None:
        """Leave none below this one."""
        while (descriptor := os.open(os.devnull, os.O_RDONLY)) < number:
            self._taken.append(descriptor)
        os.close(descriptor)


async def next_client(site: Site, sock: socket.socket, old: Old, number: int) -> Taped:
    """The next client, once the old one's socket is closed; it has the same number."""
    client = await site.take(sock)
    await client.handshake("/new")
    (link,) = [one for one in site.state.connections if one is not old.link]
    assert link.fileno() == number, "the number was not given again: the test proves nothing"
    assert old.link.fileno() == -1
    return client


async def talk(client: Taped, text: str) -> None:
    client.send_text(text)
    assert await client.receive() == text


ENDS: dict[str, Callable[[Taped, Old], Any]] = {
    "closed by the client": lambda client, old: client.close(),
    "reset by the client": lambda client, old: client.reset(),
    "vanished": lambda client, old: client.vanish(),
    "aborted": lambda client, old: old.link.abort(),
    "hung up": lambda client, old: old.link.hang_up(),
    "closed by the server": lambda client, old: old.link.close(4001, ""),
}


@SOCKETS
@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("path", ["/raw", "/handler", "/adopted"])
async def test_nothing_reaches_the_next_client(
    app: FastAPI, hf: Holdfast, kind: str, certificate: Certificate, path: str, end: str
) -> None:
    old = Old()
    build(app, hf, old)
    async with serving(app, kind, certificate) as site:
        victim = await site.connect(path)
        await until(lambda: old.link is not None and old.link.receiver is not None)
        if path != "/raw":
            await until(lambda: hf.connections and "news" in hf.connections[0].subscriptions)
        number = old.link.fileno()
        assert number > 0
        sock = socket.socket()
        with Holes() as holes:
            ENDS[end](victim, old)
            await until(lambda: old.link.transport is None)
            await victim.ended.wait()
            holes.fill(number)
            sock.connect(("127.0.0.1", site.server.port))
            client = await next_client(site, sock, old, number)
        old.write_in_every_way()
        old.link.shutdown()
        await hf.publish("news", SECRET)
        await hf.broadcast(SECRET)
        await hf.disconnect(user="old")
        await talk(client, "one")
        await until(old.in_clean_up.is_set)
        old.may_end.set()
        await until(lambda: len(site.state.connections) == 1 and len(site.state.tasks) == 1)
        old.write_in_every_way()
        await talk(client, "two")
        assert client.frames == said(TEXT, b"one") + said(TEXT, b"two")
        await victim.end()
        client.close()
        await client.end()


@SOCKETS
@pytest.mark.parametrize("how", ["abort", "hang_up"])
async def test_a_client_that_comes_in_the_turn_of_the_end(
    app: FastAPI, hf: Holdfast, kind: str, certificate: Certificate, how: str
) -> None:
    """The handler writes on at once. On asyncio's own loop the client waits to be accepted when the
    old socket is ended; uvloop would accept it before that, and it had another number."""
    old = Old()
    build(app, hf, old)
    async with serving(app, kind, certificate) as site:
        victim = await site.connect("/handler")
        await until(lambda: hf.connections and "news" in hf.connections[0].subscriptions)
        number = old.link.fileno()
        waits = kind == "plain" and type(victim.loop).__module__ != "uvloop"
        if waits:
            victim.stall()  # else its own number may be free before the other one
        sock = socket.socket()
        with Holes() as holes:
            holes.fill(number)
            if waits:
                sock.connect(("127.0.0.1", site.server.port))
            getattr(old.link, how)()
            old.write_in_every_way()
            hf.publish_nowait("news", SECRET)
            while old.link.transport is not None:
                await asyncio.sleep(0)
                old.write_in_every_way()
            if not waits:
                await victim.ended.wait()
                holes.fill(number)
                sock.connect(("127.0.0.1", site.server.port))
            client = await next_client(site, sock, old, number)
            old.write_in_every_way()
        await talk(client, "mine")
        old.may_end.set()
        await until(lambda: len(site.state.tasks) == 1)
        assert client.frames == said(TEXT, b"mine")
        victim.transport.abort()
        client.close()
        await client.end()


@SOCKETS
async def test_a_write_that_fails_ends_the_link_before_the_next(
    app: FastAPI, hf: Holdfast, kind: str, certificate: Certificate
) -> None:
    """The kernel says that the client is gone before the loop does."""
    old = Old()
    build(app, hf, old)
    async with serving(app, kind, certificate) as site:
        victim = await site.connect("/handler")
        await until(lambda: hf.connections and "news" in hf.connections[0].subscriptions)
        number = old.link.fileno()
        sock = socket.socket()
        with Holes() as holes:
            victim.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            victim.transport.abort()
            await victim.ended.wait()
            for _ in range(5):
                hf.publish_nowait("news", SECRET)
                await asyncio.sleep(0)
            await until(lambda: old.link.transport is None)
            await victim.ended.wait()
            holes.fill(number)
            sock.connect(("127.0.0.1", site.server.port))
            client = await next_client(site, sock, old, number)
        old.write_in_every_way()
        await talk(client, "mine")
        old.may_end.set()
        await until(lambda: len(site.state.tasks) == 1)
        assert client.frames == said(TEXT, b"mine")
        client.close()
        await client.end()


@SOCKETS
async def test_a_shutdown_tells_the_next_client_once(
    app: FastAPI, hf: Holdfast, kind: str, certificate: Certificate
) -> None:
    """The old connection is still in uvicorn's set then: its ``on_disconnect`` runs."""
    old = Old()
    build(app, hf, old)
    async with serving(app, kind, certificate) as site:
        victim = await site.connect("/adopted")
        await until(lambda: hf.connections and "news" in hf.connections[0].subscriptions)
        number = old.link.fileno()
        sock = socket.socket()
        with Holes() as holes:
            victim.close()
            await until(lambda: old.link.transport is None)
            await victim.ended.wait()
            holes.fill(number)
            sock.connect(("127.0.0.1", site.server.port))
            client = await next_client(site, sock, old, number)
        await talk(client, "mine")
        assert old.link in site.state.connections
        asyncio.get_running_loop().call_later(0.3, old.may_end.set)
    assert client.frames == said(TEXT, b"mine") + RESTART


@SOCKETS
async def test_nothing_follows_a_close_frame(
    app: FastAPI, hf: Holdfast, kind: str, certificate: Certificate
) -> None:
    """Until the client answers it, the socket is still its own."""
    old = Old()
    build(app, hf, old)
    async with serving(app, kind, certificate) as site:
        victim = await site.connect("/handler")
        await until(lambda: hf.connections and "news" in hf.connections[0].subscriptions)
        victim._closing = True  # it does not answer
        old.link.close(4001, "")
        link = old.link
        for write in (link.ping, link.resume_writing, link.resume, link.settle):
            write()
        link.push(b"\x81\x03abc")
        link.write([Batch()])
        link.close(4002, "")
        link.shutdown()
        await hf.publish("news", SECRET)
        old.may_end.set()
        await until(lambda: victim.code)
        victim.close()
        assert await victim.end() == 4001
        assert victim.frames == said(CLOSE, b"\x0f\xa1")
