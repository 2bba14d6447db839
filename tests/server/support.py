"""A server on each kind of socket, and clients that keep every byte."""

import asyncio
import os
import shutil
import socket
import ssl
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from holdfast.testing import Peer, Server, serve
from holdfast.testing.frames import FIN
from holdfast.testing.lines import OPEN, _Wire, end_all
from holdfast.testing.serving import _Uvicorn

OURS, STOCK = "holdfast.server:Protocol", "websockets-sansio"
BOTH = pytest.mark.parametrize("ws", [OURS, STOCK], ids=["ours", "stock"])
SOCKETS = pytest.mark.parametrize("kind", ["plain", "tls"])
HOST = "localhost"

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


class Certificate:
    """One for ``localhost``, signed by itself."""

    def __init__(self, folder: Path) -> None:
        openssl = shutil.which("openssl")
        if openssl is None:
            pytest.skip("not installed: openssl (on Debian: sudo apt-get install openssl)")
        self.chain, self.key = folder / "chain.pem", folder / "key.pem"
        command = [openssl, "req", "-x509", "-nodes", "-days", "2", "-newkey", "ec"]
        command += ["-pkeyopt", "ec_paramgen_curve:P-256", "-subj", f"/CN={HOST}"]
        command += ["-addext", f"subjectAltName=DNS:{HOST}"]
        command += ["-keyout", str(self.key), "-out", str(self.chain)]
        subprocess.run(command, check=True, capture_output=True)

    @property
    def options(self) -> dict[str, str]:
        """Uvicorn's."""
        return {"ssl_certfile": str(self.chain), "ssl_keyfile": str(self.key)}

    def context(self) -> ssl.SSLContext:
        """A client's: it trusts this certificate alone."""
        return ssl.create_default_context(cafile=self.chain)


class Taped(Peer):
    """A peer that keeps every byte that came."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.tape = b""

    def _received(self, data: bytes) -> None:
        self.tape += data
        super()._received(data)

    @property
    def frames(self) -> bytes:
        """What came after the answer to the handshake."""
        return self.tape.partition(b"\r\n\r\n")[2]


class Site:
    """A server of one kind, and the way to it."""

    def __init__(self, server: Server, certificate: Certificate | None, path: str) -> None:
        self.server = server
        self.state = server.uvicorn.server_state
        self._certificate = certificate
        self._path = path

    async def dial(self, **options: Any) -> Taped:
        """A client that has said nothing yet, but what TLS says."""
        if self._path:
            return await dial_unix(self._path)
        return await self._secure(await Taped.dial(self.server.port, **options))

    async def take(self, sock: socket.socket) -> Taped:
        """The same over a socket that is connected already."""
        sock.setblocking(False)
        client = await over(sock)
        client.port, client.host = self.server.port, HOST
        return await self._secure(client)

    async def _secure(self, client: Taped) -> Taped:
        if self._certificate is not None:
            client.transport = await client.loop.start_tls(  # type: ignore[assignment]
                client.transport,
                client.transport.get_protocol(),
                self._certificate.context(),
                server_hostname=HOST,
            )
        return client

    async def connect(self, path: str = "/", dial: Mapping[str, Any] = {}, **options: Any) -> Taped:
        """A client that has finished its handshake."""
        client = await self.dial(**dial)
        try:
            await client.handshake(path, **options)
        except BaseException:
            client.transport.abort()
            raise
        return client

    def idle(self) -> bool:
        """Whether uvicorn holds neither a connection nor a task."""
        return not self.state.connections and not self.state.tasks


@asynccontextmanager
async def serving(
    app: Any, kind: str = "plain", certificate: Certificate | None = None, **options: Any
) -> AsyncIterator[Site]:
    """Serve an app on our own server, unless ``ws`` says something else."""
    options.setdefault("ws", OURS)
    options.setdefault("lifespan", "auto" if isinstance(app, FastAPI) else "off")
    if kind == "unix":
        async with serve_unix(app, options) as server:
            yield Site(server, None, server.host)
        return
    if kind == "tls":
        assert certificate is not None
        options |= certificate.options
    async with serve(app, **options) as server:
        yield Site(server, certificate if kind == "tls" else None, "")


@asynccontextmanager
async def serve_unix(app: Any, options: dict[str, Any]) -> AsyncIterator[Server]:
    """``serve`` at a path."""
    path = f"/tmp/holdfast-{os.getpid()}-{id(app):x}.sock"
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(path)
        listening.listen()
        server = _Uvicorn(app, options)
        server.begin(listening)
        try:
            await server.listens(10)
            yield Server(server, path, 0)
        finally:
            late = await server.end(10)
            await end_all(0)
            os.unlink(path)
    assert not late


async def dial_unix(path: str) -> Taped:
    sock = socket.socket(socket.AF_UNIX)
    sock.setblocking(False)
    await asyncio.get_running_loop().sock_connect(sock, path)
    return await over(sock)


async def over(sock: socket.socket) -> Taped:
    """A client over a socket that is connected."""
    loop = asyncio.get_running_loop()
    make: Any = loop.create_connection
    if sock.family == socket.AF_UNIX:
        make = loop.create_unix_connection
    client = Taped()
    client.sock, client.host = sock, HOST
    client.transport, _ = await make(lambda: _Wire(client), sock=sock)
    OPEN.add(client)
    return client


def said(opcode: int, payload: bytes) -> bytes:
    """A short frame as a server sends it."""
    return bytes([FIN | opcode, len(payload)]) + payload


async def accepted(receive: Receive, send: Send, **options: Any) -> None:
    """The beginning of most applications of the tests."""
    assert (await receive())["type"] == "websocket.connect"
    await send({"type": "websocket.accept", **options})


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """An application that says what it was told."""
    await accepted(receive, send)
    while (message := await receive())["type"] == "websocket.receive":
        await send({**message, "type": "websocket.send"})
