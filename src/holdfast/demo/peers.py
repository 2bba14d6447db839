"""Clients that this server connects to itself, over real sockets: some read, some misbehave."""

import asyncio
import base64
import os
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from starlette.types import Scope

Address = tuple[str, int]

TEXT, BINARY, PING, PONG = 1, 2, 9, 10  # opcodes (RFC 6455 section 5.2)
SMALL = 1000  # bytes of payload; what is longer is thrown away unread
HANDSHAKE = 5.0  # seconds that one may take


@dataclass(frozen=True)
class Server:
    """Where this server is reached from itself."""

    address: Address
    prefix: str
    """Of the app's paths, where it is mounted below another one."""

    def path(self, path: str) -> str:
        """A path of this app's, as a client has to ask for it."""
        return f"{self.prefix}{path}"


def this_server(scope: Scope) -> Server | None:
    """Where a request has come in; None for what is no TCP address."""
    host, port = scope.get("server") or ("", None)
    root: str = scope.get("root_path", "")
    mounted = root.removeprefix(scope.get("app_root_path", root))
    return Server((host, port), mounted) if host and port else None


class Reader(asyncio.Protocol):
    """A client that reads and answers pings, and throws away what it is sent.

    ``on_text`` is called with each short text; ``on_lost`` once the connection has ended.
    """

    def __init__(self, sock: socket.socket) -> None:
        self.on_text: Callable[[str], None] = _nothing
        self.on_lost: Callable[[], None] = _nothing
        self._sock = sock
        self._opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._rest = b""
        self._skip = 0
        self._transport: Any = None

    @classmethod
    async def connect(cls, address: Address, path: str) -> "Reader":
        """Connect, and finish the handshake; ``OSError`` or ``TimeoutError`` if that fails."""
        sock = plain_socket(address)
        reader = cls(sock)
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(HANDSHAKE):
                await loop.sock_connect(sock, address)
                await loop.create_connection(lambda: reader, sock=sock)
                reader._transport.write(handshake(address, path))
                await reader._opened
        except BaseException:
            reader._give_up()
            raise
        return reader

    def send_binary(self, data: bytes) -> None:
        """Send one binary frame."""
        self._send(BINARY, data)

    def close(self) -> None:
        """End the TCP connection with a reset, without a close frame."""
        if not self._transport.is_closing():
            self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self._transport.abort()

    # -- asyncio.Protocol ----------------------------------------------------------------------

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._opened.done():
            self._opened.set_exception(exc or ConnectionError("closed during the handshake"))
        self.on_lost()

    def data_received(self, data: bytes) -> None:
        if self._skip >= len(data):  # amid a long message
            self._skip -= len(data)
            return
        self._rest += data[self._skip :]
        self._skip = 0
        if self._opened.done() or self._read_head():
            self._read_frames()

    def _give_up(self) -> None:
        self._opened.cancel()
        self._sock.close() if self._transport is None else self._transport.abort()

    def _read_head(self) -> bool:
        head, mark, rest = self._rest.partition(b"\r\n\r\n")
        if not mark:
            return False
        self._rest = rest
        if not head.startswith(b"HTTP/1.1 101 "):
            status = head.partition(b"\r\n")[0].decode("latin-1")
            self._opened.set_exception(ConnectionError(f"the handshake was refused: {status}"))
            return False
        self._opened.set_result(None)
        return True

    def _read_frames(self) -> None:
        data, at, end = self._rest, 0, len(self._rest)
        while end - at >= 2:
            length, start = data[at + 1], at + 2
            if length > 125:
                start += 2 if length == 126 else 8
                if start > end:
                    break
                length = int.from_bytes(data[at + 2 : start], "big")
            if length <= SMALL:
                if start + length > end:
                    break
                self._take(data[at] & 15, data[start : start + length])
            at = start + length
        self._skip = max(0, at - end)
        self._rest = data[at:]

    def _take(self, opcode: int, payload: bytes) -> None:
        if opcode == PING:
            self._send(PONG, payload)
        elif opcode == TEXT:
            self.on_text(payload.decode())

    def _send(self, opcode: int, payload: bytes) -> None:
        """Write a masked frame; a mask of zeros is one, too."""
        assert len(payload) <= 125
        self._transport.write(bytes([0x80 | opcode, 0x80 | len(payload)]) + bytes(4) + payload)


async def open_stalled(address: Address, path: str) -> socket.socket:
    """Send a WebSocket handshake over a socket of which nothing will ever be read."""
    sock = plain_socket(address)
    try:
        # Small segments and a small window: full after some 100 KB, where defaults take megabytes.
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        if hasattr(socket, "TCP_MAXSEG"):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 536)
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(HANDSHAKE):
            await loop.sock_connect(sock, address)
            await loop.sock_sendall(sock, handshake(address, path))
    except BaseException:
        sock.close()
        raise
    return sock


def plain_socket(address: Address) -> socket.socket:
    """A non-blocking TCP socket for this kind of address."""
    sock = socket.socket(socket.AF_INET6 if ":" in address[0] else socket.AF_INET)
    sock.setblocking(False)
    return sock


def handshake(address: Address, path: str) -> bytes:
    """The request that opens a WebSocket (RFC 6455 section 4.1)."""
    host = f"[{address[0]}]" if ":" in address[0] else address[0]
    key = base64.b64encode(os.urandom(16)).decode()
    return (
        f"GET {path} HTTP/1.1\r\nHost: {host}:{address[1]}\r\n"
        "Connection: Upgrade\r\nUpgrade: websocket\r\n"
        f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n"
    ).encode()


def _nothing(*_: object) -> None:
    pass
