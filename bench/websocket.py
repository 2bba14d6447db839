"""A WebSocket client that does just enough: connect, and speak as each server wants it.

A library's client costs more per message than the servers measured here, so it would be the client
that is measured.
"""

import os
import socket
import struct
from collections.abc import Sequence
from typing import Protocol

TEXT, CLOSE, PING, PONG = 1, 8, 9, 10


def frame(payload: bytes, opcode: int = TEXT) -> bytes:
    """A masked frame, as a client sends it (RFC 6455 section 5.2)."""
    length = len(payload)
    if length < 126:
        head = struct.pack("!BB", 0x80 | opcode, 0x80 | length)
    elif length < 1 << 16:
        head = struct.pack("!BBH", 0x80 | opcode, 0x80 | 126, length)
    else:
        head = struct.pack("!BBQ", 0x80 | opcode, 0x80 | 127, length)
    mask = os.urandom(4)
    masked = bytes(byte ^ mask[at & 3] for at, byte in enumerate(payload))
    return head + mask + masked


class Client:
    """One connection. Until ``bench.crowd`` takes it over, its frames are read here, blocking."""

    __slots__ = ("rest", "sock")

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.rest = b""
        """What was read and is not used yet."""

    def send(self, data: bytes) -> None:
        """Send bytes that are frames already."""
        self.sock.sendall(data)

    def more(self) -> None:
        """Wait for bytes."""
        data = self.sock.recv(1 << 16)
        if not data:
            raise ConnectionError(f"the server closed during the handshake: {self.rest[:200]!r}")
        self.rest += data

    def next_frame(self) -> tuple[int, bytes]:
        """Wait for a frame: opcode and payload."""
        while (found := split(self.rest, 0)) is None:
            self.more()
        opcode, payload, end = found
        self.rest = self.rest[end:]
        return opcode, payload


def split(data: bytes, at: int) -> tuple[int, bytes, int] | None:
    """The frame of a server at ``at``: opcode, payload and where it ends; None: incomplete."""
    if len(data) - at < 2:
        return None
    length, head = data[at + 1], 2
    if length >= 126:
        head = 4 if length == 126 else 10
        length = int.from_bytes(data[at + 2 : at + head], "big")
    start = at + head
    if len(data) < start + length:
        return None
    return data[at] & 15, data[start : start + length], start + length


class Dialect(Protocol):
    """How one kind of server is spoken to."""

    stamp_at: int
    """Where the text begins in the payload of a message."""

    ping: str
    pong: str
    """A ping of the protocol's own, as text, and its answer; empty: it has none."""

    def path(self, task: str) -> str:
        """The path of the WebSocket for a task: ``everyone``, ``channels`` or ``echo``."""

    def greet(self, clients: Sequence[Client]) -> None:
        """What comes between the WebSocket handshakes and the first message."""

    def message(self, task: str, text: str) -> bytes:
        """The frame that carries a text to the server."""


class Plain:
    """Text messages."""

    stamp_at = 0
    ping = pong = ""

    def path(self, task: str) -> str:
        return {"everyone": "/ws"}.get(task, f"/{task}")

    def greet(self, clients: Sequence[Client]) -> None:
        pass

    def message(self, task: str, text: str) -> bytes:
        return frame(text.encode())


class SocketIO:
    """Socket.IO 5 over Engine.IO 4: the first digit is Engine.IO's, the second Socket.IO's."""

    stamp_at = len('42["message","')
    ping, pong = "2", "3"

    def path(self, task: str) -> str:
        return "/socket.io/?EIO=4&transport=websocket"

    def greet(self, clients: Sequence[Client]) -> None:
        for client in clients:
            self._until(client, b"0")  # Engine.IO is open
            client.send(frame(b"40"))
        for client in clients:
            self._until(client, b"40")  # connected to the default namespace

    def message(self, task: str, text: str) -> bytes:
        return frame(f'42["{task}","{text}"]'.encode())

    def _until(self, client: Client, start: bytes) -> None:
        while not (payload := client.next_frame()[1]).startswith(start):
            if payload.startswith(b"44"):
                raise ConnectionError(f"Socket.IO refused the connection: {payload[:200]!r}")


DIALECTS: dict[str, Dialect] = {"plain": Plain(), "socketio": SocketIO()}


def connect(port: int, path: str, count: int, receive_buffer: int = 0) -> list[Client]:
    """Open so many connections at a time; waits until the handshakes are done."""
    clients = [Client(_socket(port, receive_buffer)) for _ in range(count)]
    request = (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        "Sec-WebSocket-Version: 13\r\n\r\n"
    ).encode()
    for client in clients:
        client.send(request)
    for client in clients:
        while b"\r\n\r\n" not in client.rest:
            client.more()
        head, _, client.rest = client.rest.partition(b"\r\n\r\n")
        if b" 101 " not in head.split(b"\r\n")[0]:
            raise ConnectionError(f"the server refused the handshake: {head[:200]!r}")
    return clients


def _socket(port: int, receive_buffer: int) -> socket.socket:
    sock = socket.socket()
    sock.settimeout(30)
    if receive_buffer:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    # It ends with a reset: ten thousand ports that wait for stray packets would be missed soon.
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.connect(("127.0.0.1", port))
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sock
