"""A WebSocket client on a raw socket, which can do what no client should.

Reads hundreds of megabytes in plain Python: whole chunks are searched for frame heads.
"""

import asyncio
import json
import random
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Self

from holdfast import Disconnected
from holdfast.testing.frames import (
    BINARY,
    CLOSE,
    CONTINUATION,
    FIN,
    GARBAGE,
    PING,
    PONG,
    TEXT,
    close_frame,
)
from holdfast.testing.frames import frame as build
from holdfast.testing.handshakes import (
    ACCEPT,
    SWITCHING,
    Answer,
    HandshakeRefused,
    opening_request,
    read_answer,
)
from holdfast.testing.lines import Line
from holdfast.testing.waiting import DEADLINE, TooLate

NO_CODE, NO_FRAME = 1005, 1006  # never on the wire (RFC 6455 section 7.4.1)
TEXT_FRAME, BINARY_FRAME = FIN | TEXT, FIN | BINARY


class Ended(Disconnected):
    """The connection is over, and everything that came on it was received."""

    def __str__(self) -> str:
        return f"the connection is over (close code {self.code}: {self.reason or 'no reason'})"


class Peer(Line):
    """One client. Sending never waits, and every wait has a deadline.

    Messages are kept for ``receive``; with ``on_message`` that is called with each payload
    instead. Pings are answered, unless it misbehaves.

    >>> ann = await Peer.connect(port, "/ws/lobby")
    >>> ann.send_text("hello")
    >>> assert await ann.receive() == "hello"
    """

    def __init__(self, on_message: Callable[[bytes], Any] | None = None) -> None:
        super().__init__()
        self.messages = 0
        """How many have arrived, and in ``bytes`` their payload."""
        self.bytes = 0
        self.pings = 0
        self.code: int | None = None
        """The server's close code; 1005 for a close frame without, None as long as there is none
        (RFC 6455 section 7.1.5)."""
        self.reason = ""
        self.answer: Answer | None = None
        """What the server answered to the handshake."""
        self._on_message = on_message
        self._inbox: deque[str | bytes] = deque()
        self._news = asyncio.Event()
        self._answered = asyncio.Event()
        self._buffer = bytearray()
        self._parts: list[bytes] = []
        self._kind = TEXT
        self._closing = False  # a second close frame would be one too many

    # -- life ----------------------------------------------------------------------------------

    @classmethod
    async def connect(
        cls,
        port: int,
        path: str,
        *,
        headers: Mapping[str, str] = {},
        origin: str = "",
        subprotocols: Sequence[str] = (),
        timeout: float = DEADLINE,
        **options: Any,
    ) -> Self:
        """Connect, and finish the handshake; further ``options`` are those of ``dial``.

        Raises ``HandshakeRefused`` for any other answer than 101, ``ConnectionError`` if there is
        none, ``TooLate`` after ``timeout`` seconds.
        """
        peer = await cls.dial(port, timeout=timeout, **options)
        try:
            await peer.handshake(
                path, headers=headers, origin=origin, subprotocols=subprotocols, timeout=timeout
            )
        except BaseException:
            peer.transport.abort()
            raise
        return peer

    async def handshake(
        self,
        path: str,
        *,
        headers: Mapping[str, str] = {},
        origin: str = "",
        subprotocols: Sequence[str] = (),
        rate: int = 0,
        timeout: float = DEADLINE,
    ) -> None:
        """Ask for the WebSocket (RFC 6455 section 4.1), and wait for the answer.

        For a peer that has only dialled. With a ``rate`` the request goes out at so many bytes a
        second: a slow loris. Raises as ``connect`` does.
        """
        self.path = path
        request = opening_request(
            path, self.host, headers=headers, origin=origin, subprotocols=subprotocols
        )
        self.write(request, rate)
        try:
            async with asyncio.timeout(timeout):
                await self._answered.wait()
        except TimeoutError:
            raise TooLate(f"{self!r}: no answer to the handshake within {timeout:g} s") from None
        if self.answer is None:
            raise ConnectionError(f"{self!r}: ended during the handshake") from self.error
        if self.answer.status != SWITCHING:
            raise HandshakeRefused(path, self.answer)
        if self.answer.headers.get("sec-websocket-accept") != ACCEPT:
            raise ConnectionError(f"{self!r}: a wrong Sec-WebSocket-Accept came")

    def close(self, code: int = 1000, reason: str = "") -> None:
        """Begin the closing handshake (RFC 6455 section 7.1.2). ``end()`` waits for its end."""
        self._closing = True
        self.write(close_frame(code, reason))

    async def end(self, timeout: float = DEADLINE) -> int | None:
        """Wait until the connection is over; returns the server's close code, None without.

        Raises ``TooLate`` after ``timeout`` seconds.
        """
        await super().end(timeout)
        return self.code

    # -- messages ------------------------------------------------------------------------------

    def send_text(self, text: str) -> None:
        """Send a text message."""
        self.write(build(TEXT, text.encode()))

    def send_bytes(self, data: bytes) -> None:
        """Send a binary message."""
        self.write(build(BINARY, data))

    def send_json(self, data: Any) -> None:
        """Send JSON, as text."""
        self.send_text(json.dumps(data))

    async def receive(self, timeout: float = DEADLINE) -> str | bytes:
        """The next message: text is ``str``, binary is ``bytes``.

        Raises ``TooLate`` (a ``TimeoutError``) after ``timeout`` seconds; ``Ended`` once the
        connection is over and everything is received: its ``code`` says how the server closed it.
        """
        if self._on_message is not None:
            raise RuntimeError("this peer's messages go to its on_message; receive() gets none")
        try:
            async with asyncio.timeout(timeout):
                while not self._inbox:
                    if self.ended.is_set() or self.code is not None:
                        raise Ended(self.code or NO_FRAME, self.reason)
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            raise TooLate(f"{self!r}: no message within {timeout:g} s") from None
        return self._inbox.popleft()

    async def receive_text(self, timeout: float = DEADLINE) -> str:
        """The next message; ``AssertionError`` if it is not text."""
        message = await self.receive(timeout)
        if not isinstance(message, str):
            raise AssertionError(f"{self!r}: text was expected, and {message[:80]!r} came")
        return message

    async def receive_bytes(self, timeout: float = DEADLINE) -> bytes:
        """The next message; ``AssertionError`` if it is not binary."""
        message = await self.receive(timeout)
        if not isinstance(message, bytes):
            raise AssertionError(f"{self!r}: bytes were expected, and {message[:80]!r} came")
        return message

    async def receive_json(self, timeout: float = DEADLINE) -> Any:
        """The next message, read as JSON; ``AssertionError`` if it is none."""
        message = await self.receive(timeout)
        try:
            return json.loads(message)
        except ValueError:
            text = f"{self!r}: JSON was expected, and {message[:80]!r} came"
            raise AssertionError(text) from None

    def ping(self, data: bytes = b"") -> None:
        """Send a ping."""
        self.write(build(PING, data))

    def garbage(self, kind: str, seed: int | None = None) -> None:
        """Send what no client may send: one of ``GARBAGE``, or ``"random"`` for 200 random bytes.

        A server has to fail the connection (RFC 6455 section 7.1.7), if it says a close code with
        one of ``GARBAGE[kind].codes``.
        """
        if kind == "random":
            self.write(random.Random(seed).randbytes(200))
        else:
            self.write(GARBAGE[kind].data)

    def __repr__(self) -> str:
        state = "open"
        if self.code is not None:
            state = f"closed with {self.code} {self.reason}".rstrip()
        elif self.ended.is_set():
            state = "ended without a close frame"
        elif self.answer is None:
            state = "not accepted"
        return f"<peer of {self.path or '?'}: {state}, {self.messages} messages came>"

    # -- what arrives --------------------------------------------------------------------------

    def _received(self, data: bytes) -> None:
        self._buffer += data
        if self.answer is None:
            self._read_answer(ended=False)
        if self.answer is not None:
            self._read_frames()

    def _lost(self, error: Exception | None) -> None:
        if self.answer is None:
            self._read_answer(ended=True)
        super()._lost(error)
        self._answered.set()
        self._news.set()

    def _read_answer(self, ended: bool) -> None:
        self.answer = read_answer(self._buffer, ended)
        if self.answer is not None:
            self._answered.set()

    def _read_frames(self) -> None:
        at, end = 0, len(self._buffer)
        with memoryview(self._buffer) as buffer:
            while end - at >= 2:
                length, start = buffer[at + 1], at + 2
                if length > 125:
                    start += 2 if length == 126 else 8
                    if start > end:
                        break
                    length = int.from_bytes(buffer[at + 2 : start], "big")
                if start + length > end:
                    break
                self._frame(buffer[at], bytes(buffer[start : start + length]))
                at = start + length
        del self._buffer[:at]

    def _frame(self, first: int, payload: bytes) -> None:
        if first in (TEXT_FRAME, BINARY_FRAME):
            self._message(first & 15, payload)
        elif first & 15 in (CONTINUATION, TEXT, BINARY):
            self._kind = first & 15 or self._kind
            self._parts.append(payload)
            if first & FIN:
                whole, self._parts = b"".join(self._parts), []
                self._message(self._kind, whole)
        else:
            self._control(first & 15, payload)

    def _message(self, kind: int, payload: bytes) -> None:
        self.messages += 1
        self.bytes += len(payload)
        if self._on_message is not None:
            self._on_message(payload)
        else:
            self._inbox.append(payload.decode() if kind == TEXT else payload)
            self._news.set()

    def _control(self, opcode: int, payload: bytes) -> None:
        if opcode == PING:
            self.pings += 1
            self.write(build(PONG, payload))
        elif opcode == CLOSE:
            self.code = int.from_bytes(payload[:2], "big") if payload else NO_CODE
            self.reason = payload[2:].decode()
            if not self._closing:
                self.write(build(CLOSE, payload[:2]))
            self._news.set()


class Numbered:
    """For ``on_message``: payloads begin with 00000000, 00000001 and so on; which are missing?"""

    def __init__(self) -> None:
        self.next = 0
        self.wrong: list[tuple[int, bytes]] = []
        """The first five that came out of turn: what was expected, and what came."""

    def __call__(self, payload: bytes) -> None:
        if int(payload[:8]) != self.next and len(self.wrong) < 5:
            self.wrong.append((self.next, payload[:8]))
        self.next += 1


@asynccontextmanager
async def peer(port: int, path: str, **options: Any) -> AsyncIterator[Peer]:
    """``Peer.connect`` for the length of a block; at its end the TCP connection is ended."""
    client = await Peer.connect(port, path, **options)
    try:
        yield client
    finally:
        client.transport.abort()
        await client.ended.wait()
