"""A WebSocket client that does just enough: connect, send text, count what arrives.

A library's client costs more per message than the servers measured here, so it would be the client
that is measured.
"""

import os
import socket
import struct
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
    """One connection. ``got`` counts its data frames of at least ``size`` bytes."""

    __slots__ = ("_rest", "_room", "closed", "got", "size", "small", "sock")

    def __init__(self, sock: socket.socket, size: int) -> None:
        self.sock = sock
        self.size = size
        self.got = 0
        self.closed = False
        self.small: list[bytes] = []
        """Payloads below ``size``: the talk of a protocol on top."""
        self._rest = b""
        self._room = min(max(64 * size, 8192), 1 << 18)

    def read(self) -> int:
        """Take what the socket has; returns how many messages were complete in it."""
        try:
            data = self.sock.recv(self._room)
        except BlockingIOError:
            return 0
        except OSError:
            data = b""
        if not data:
            self.closed = True
            return 0
        return self.feed(data)

    def feed(self, data: bytes) -> int:
        """Count the frames in bytes from the server."""
        if self._rest:
            data = self._rest + data
        at, end, found = 0, len(data), 0
        while end - at >= 2:
            length, head = data[at + 1], 2
            if length >= 126:
                head = 4 if length == 126 else 10
                if end - at < head:
                    break
                length = int.from_bytes(data[at + 2 : at + head], "big")
            after = at + head + length
            if after > end:
                break
            if length >= self.size:
                found += 1
            else:
                self._take(data[at] & 15, data[at + head : after])
            at = after
        self._rest = data[at:] if at < end else b""
        self.got += found
        return found

    def send(self, data: bytes) -> None:
        """Send bytes that are frames already."""
        try:
            if self.sock.send(data) != len(data):
                self.closed = True  # the server has not read kilobytes: nothing to measure
        except OSError:
            self.closed = True

    def _take(self, opcode: int, payload: bytes) -> None:
        if opcode == CLOSE:
            self.closed = True
        elif opcode == PING:
            self.send(frame(payload, PONG))
        elif opcode == TEXT:
            self.small.append(payload)


class Dialect(Protocol):
    """How one kind of server is spoken to."""

    def path(self, task: str) -> str:
        """The path of the WebSocket for a task: ``everyone`` or ``echo``."""

    def greet(self, client: Client) -> None:
        """What comes between the WebSocket handshake and the first message. May block."""

    def message(self, task: str, text: str) -> bytes:
        """The frame that carries a text to the server."""

    def answer(self, client: Client) -> None:
        """Answer what lies in ``client.small``."""


class Plain:
    """Text messages."""

    def path(self, task: str) -> str:
        return "/echo" if task == "echo" else "/ws"

    def greet(self, client: Client) -> None:
        pass

    def message(self, task: str, text: str) -> bytes:
        return frame(text.encode())

    def answer(self, client: Client) -> None:
        client.small.clear()


class SocketIO:
    """Socket.IO 5 over Engine.IO 4: the first digit is Engine.IO's, the second Socket.IO's."""

    def path(self, task: str) -> str:
        return "/socket.io/?EIO=4&transport=websocket"

    def greet(self, client: Client) -> None:
        self._until(client, b"0")  # Engine.IO is open
        client.send(frame(b"40"))
        self._until(client, b"40")  # connected to the default namespace

    def message(self, task: str, text: str) -> bytes:
        return frame(f'42["{task}","{text}"]'.encode())

    def answer(self, client: Client) -> None:
        for payload in client.small:
            if payload == b"2":
                client.send(frame(b"3"))
        client.small.clear()

    def _until(self, client: Client, start: bytes) -> None:
        while not any(payload.startswith(start) for payload in client.small):
            client.read()
            if client.closed:
                raise ConnectionError("the server closed during the Socket.IO handshake")
        client.small.clear()


DIALECTS: dict[str, Dialect] = {"plain": Plain(), "socketio": SocketIO()}


def connect(port: int, path: str, size: int, receive_buffer: int = 0) -> Client:
    """Open a connection, blocking until the handshake is done."""
    sock = socket.socket()
    sock.settimeout(30)
    if receive_buffer:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    sock.connect(("127.0.0.1", port))
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.sendall(
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        "Sec-WebSocket-Version: 13\r\n\r\n".encode()
    )
    answer = b""
    while b"\r\n\r\n" not in answer:
        data = sock.recv(4096)
        if not data:
            raise ConnectionError(f"the server closed during the handshake: {answer[:200]!r}")
        answer += data
    head, _, rest = answer.partition(b"\r\n\r\n")
    if b" 101 " not in head.split(b"\r\n")[0]:
        raise ConnectionError(f"the server refused the handshake: {head[:200]!r}")
    client = Client(sock, size)
    client.feed(rest)
    return client
