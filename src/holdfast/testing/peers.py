"""A raw WebSocket client that can misbehave: stall, crawl, vanish.

Reads hundreds of megabytes in plain Python: whole chunks are searched for frame heads, and of each
payload only the first bytes are looked at.
"""

import asyncio
import os
import socket
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10

HANDSHAKE = (
    "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
    "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    "Sec-WebSocket-Version: 13\r\n\r\n"
)


class Peer:
    """One client. ``on_message`` is called with each payload; by default they are counted."""

    def __init__(self, on_message: Callable[[bytes], None] | None = None) -> None:
        self.messages = 0
        self.bytes = 0
        self.code: int | None = None
        self.reason = ""
        self.pings = 0
        self.ended = asyncio.Event()
        self.error: Exception | None = None
        self.sock: socket.socket
        self.transport: asyncio.Transport
        self._on_message = on_message
        self._opened: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._buffer = bytearray()
        self._crawl: asyncio.Task[None] | None = None

    # -- life ----------------------------------------------------------------------------------

    @classmethod
    async def connect(
        cls,
        port: int,
        path: str,
        *,
        on_message: Callable[[bytes], None] | None = None,
        receive_buffer: int = 0,
        segment: int = 0,
        host: str = "127.0.0.1",
        sock: socket.socket | None = None,
    ) -> "Peer":
        """Connect, and finish the handshake.

        ``receive_buffer`` (SO_RCVBUF) and ``segment`` (TCP_MAXSEG): 0 for the default. ``sock``:
        one that is not connected yet, of another network namespace for instance.
        """
        loop = asyncio.get_running_loop()
        sock = sock or socket.socket()
        if receive_buffer:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        if segment:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, segment)
        sock.setblocking(False)
        await loop.sock_connect(sock, (host, port))
        peer = cls(on_message)
        peer.sock = sock
        peer.transport, _ = await loop.create_connection(lambda: _Wire(peer), sock=sock)
        peer.transport.write(HANDSHAKE.format(path=path, port=port).encode())
        async with asyncio.timeout(20):
            head = await peer._opened
        if not head.startswith(b"HTTP/1.1 101 "):
            raise ConnectionError(f"the handshake was refused: {head.decode()}")
        return peer

    def send(self, text: str) -> None:
        """Send a text message."""
        self._frame(TEXT, text.encode())

    def close(self, code: int = 1000) -> None:
        """Begin the closing handshake."""
        self._frame(CLOSE, struct.pack("!H", code))

    async def end(self, timeout: float = 10) -> int | None:
        """Wait until the server has ended the connection; returns its close code."""
        async with asyncio.timeout(timeout):
            await self.ended.wait()
        return self.code

    # -- misbehaving ---------------------------------------------------------------------------

    def stall(self) -> None:
        """Read nothing any more, answer nothing."""
        self.transport.pause_reading()

    def crawl(self, rate: int) -> None:
        """Read ``rate`` bytes a second, evenly, from now on."""
        self.stall()
        self._crawl = asyncio.create_task(self._read_slowly(rate))

    def resume(self) -> None:
        """Read again, as fast as it comes."""
        if self._crawl is not None:
            self._crawl.cancel()
        self.transport.resume_reading()

    async def _read_slowly(self, rate: int) -> None:
        loop = asyncio.get_running_loop()
        start, taken = loop.time(), 0
        while not self.ended.is_set():
            await asyncio.sleep(0.05)  # pacing
            due = int((loop.time() - start) * rate) - taken
            try:
                data = self.sock.recv(due) if due > 0 else None
            except BlockingIOError:
                continue
            except OSError as error:
                self._lost(error)
                return
            if data == b"":
                self._lost(None)
            elif data:
                taken += len(data)
                self._received(data)

    def vanish(self) -> None:
        """End the TCP connection with a FIN, without a close frame."""
        self.transport.close()

    def reset(self) -> None:
        """End the TCP connection with a RST."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()

    # -- what arrives --------------------------------------------------------------------------

    def _received(self, data: bytes) -> None:
        self._buffer += data
        if not self._opened.done():
            head, mark, rest = bytes(self._buffer).partition(b"\r\n\r\n")
            if not mark:
                return
            self._buffer = bytearray(rest)
            self._opened.set_result(head)
        self._read_frames()

    def _lost(self, error: Exception | None) -> None:
        self.error = error
        if self._crawl is not None:
            self._crawl.cancel()
        if not self._opened.done():
            self._opened.set_exception(error or ConnectionError("closed during the handshake"))
        self.ended.set()

    def _read_frames(self) -> None:
        buffer, at, end = self._buffer, 0, len(self._buffer)
        while end - at >= 2:
            opcode, length, start = buffer[at] & 15, buffer[at + 1], at + 2
            if length == 126:
                start += 2
                if start > end:
                    break
                length = buffer[at + 2] << 8 | buffer[at + 3]
            elif length == 127:
                start += 8
                if start > end:
                    break
                length = int.from_bytes(buffer[at + 2 : start], "big")
            if start + length > end:
                break
            at = start + length
            if opcode in (TEXT, BINARY):
                self.messages += 1
                self.bytes += length
                if self._on_message is not None:
                    self._on_message(bytes(buffer[start:at]))
            else:
                self._control(opcode, bytes(buffer[start:at]))
        del buffer[:at]

    def _control(self, opcode: int, payload: bytes) -> None:
        if opcode == PING:
            self.pings += 1
            self._frame(PONG, payload)
        elif opcode == CLOSE:
            if len(payload) >= 2:
                self.code = int.from_bytes(payload[:2], "big")
                self.reason = payload[2:].decode()
            self._frame(CLOSE, payload[:2])

    def _frame(self, opcode: int, payload: bytes) -> None:
        assert len(payload) < 126
        mask = os.urandom(4)
        masked = bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))
        self.transport.write(bytes([0x80 | opcode, 0x80 | len(payload)]) + mask + masked)


class _Wire(asyncio.Protocol):
    """What the event loop calls."""

    def __init__(self, peer: Peer) -> None:
        self.data_received = peer._received  # type: ignore[method-assign]
        self.connection_lost = peer._lost  # type: ignore[assignment, method-assign]


class Sequence:
    """Checks that payloads begin with 00000000, 00000001 and so on: none missing, none twice."""

    def __init__(self) -> None:
        self.next = 0
        self.wrong: list[tuple[int, bytes]] = []

    def __call__(self, payload: bytes) -> None:
        if int(payload[:8]) != self.next and len(self.wrong) < 5:
            self.wrong.append((self.next, bytes(payload[:8])))
        self.next += 1


@asynccontextmanager
async def peer(port: int, path: str, **options: Any) -> AsyncIterator[Peer]:
    """A client for the length of a block; it vanishes at its end."""
    client = await Peer.connect(port, path, **options)
    try:
        yield client
    finally:
        client.transport.abort()
        await client.ended.wait()
