"""Clients of a proxy: they come to https://example.com, whatever port that is in a test."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.deploy.proxies import HOST, Proxy
from tests.support.http import Answer, Event, _body, _events, _head

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
FORGED = {
    "X-Forwarded-For": "6.6.6.6",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "http",
    "Forwarded": "for=6.6.6.6;host=evil.example",
    "X-Real-IP": "6.6.6.6",
}


def origin_of(proxy: Proxy) -> str:
    return f"https://{HOST}:{proxy.port}"


def websocket(proxy: Proxy, path: str, source: str = "127.0.0.1", **options: Any) -> connect:
    """A WebSocket client; ``source`` is the address it comes from."""
    options.setdefault("origin", origin_of(proxy))
    return connect(
        f"wss://{HOST}:{proxy.port}{path}",
        host="127.0.0.1",
        ssl=proxy.certificate.context(),
        proxy=None,
        local_addr=(source, 0),
        open_timeout=20,
        **options,
    )


async def status_of(proxy: Proxy, path: str, **options: Any) -> int:
    """The HTTP status that answers a handshake; 0 where the connection is refused instead."""
    try:
        async with websocket(proxy, path, **options):
            return 101
    except InvalidStatus as error:
        return error.response.status_code
    except OSError:
        return 0


async def ending(client: ClientConnection, timeout: float = 20) -> tuple[int, str] | None:
    """Read to its end: the close code and reason that came, None without a close frame."""
    async with asyncio.timeout(timeout):
        try:
            while True:
                await client.recv()
        except ConnectionClosed as closed:
            return (closed.rcvd.code, closed.rcvd.reason) if closed.rcvd else None


async def tls(proxy: Proxy, *protocols: str, source: str = "127.0.0.1") -> Streams:
    """A TLS connection that has sent nothing yet."""
    return await asyncio.open_connection(
        "127.0.0.1",
        proxy.port,
        ssl=proxy.certificate.context(*protocols),
        server_hostname=HOST,
        local_addr=(source, 0),
    )


async def read_all(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
    """What comes until the other side ends it, however it does."""
    try:
        return await reader.read()
    except OSError:
        return b""
    finally:
        writer.transport.abort()


async def request(
    proxy: Proxy, path: str, method: str = "GET", headers: Mapping[str, str] = {}
) -> Answer:
    async with asyncio.timeout(20), _asked(proxy, path, method, headers) as reader:
        status, found = await _head(reader)
        return Answer(status, found, b"".join([chunk async for chunk in _body(reader, found)]))


@asynccontextmanager
async def events(
    proxy: Proxy, path: str, headers: Mapping[str, str] = {}
) -> AsyncIterator[AsyncIterator[Event]]:
    asked = {"Accept": "text/event-stream", "Connection": "keep-alive", **headers}
    async with _asked(proxy, path, "GET", asked) as reader:
        async with asyncio.timeout(10):
            status, found = await _head(reader)
        assert status == 200
        yield _events(_body(reader, found))


async def publish(proxy: Proxy, channel: str, text: str) -> None:
    answer = await request(proxy, f"/publish/{channel}?text={text}", "POST")
    assert answer.status == 200


async def state(proxy: Proxy) -> Any:
    return json.loads((await request(proxy, "/state")).body)


@asynccontextmanager
async def _asked(
    proxy: Proxy, path: str, method: str, headers: Mapping[str, str]
) -> AsyncIterator[asyncio.StreamReader]:
    lines = {"Host": f"{HOST}:{proxy.port}", "Connection": "close", "Content-Length": "0"}
    lines.update(headers)
    head = f"{method} {path} HTTP/1.1\r\n" + "".join(f"{k}: {v}\r\n" for k, v in lines.items())
    reader, writer = await tls(proxy)
    try:
        writer.write(head.encode() + b"\r\n")
        yield reader
    finally:
        writer.transport.abort()
        await _gone(writer)


async def _gone(writer: asyncio.StreamWriter) -> None:
    try:
        await writer.wait_closed()
    except OSError:
        pass


class Reader(threading.Thread):
    """A WebSocket client on a thread of its own that reads ``rate`` bytes a second, evenly.

    With asyncio's TLS it would take 256 KB at a time. Small segments and a small buffer, as on a
    slow network: what it does not take waits on the other side.
    """

    def __init__(self, proxy: Proxy, path: str, rate: int) -> None:
        super().__init__(daemon=True)
        self.received = 0
        self.ended = False
        self._rate = rate
        self._over = threading.Event()
        raw = socket.socket()
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 32 * 1024)
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 1400)
        raw.settimeout(20)
        raw.connect(("127.0.0.1", proxy.port))
        self._sock = proxy.certificate.context().wrap_socket(raw, server_hostname=HOST)
        self._sock.sendall(
            f"GET {path} HTTP/1.1\r\nHost: {HOST}:{proxy.port}\r\nUpgrade: websocket\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            "Sec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        self.start()

    def run(self) -> None:
        start = time.monotonic()
        while not self._over.wait(0.02):
            due = int((time.monotonic() - start) * self._rate) - self.received
            if due > 0:
                try:
                    data = self._sock.recv(min(due, 16 * 1024))
                except OSError:
                    data = b""
                self.received += len(data)
                if not data:
                    self.ended = True
                    return

    def close(self) -> None:
        self._over.set()
        self.join(25)
        self._sock.close()
