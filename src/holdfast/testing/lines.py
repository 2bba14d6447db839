"""One TCP connection of a client that can misbehave; knows nothing of what is said on it."""

import asyncio
import ctypes
import socket
import struct
import sys
from collections.abc import Callable
from typing import Any, Self

from holdfast.testing.waiting import DEADLINE, TooLate

PACE = 0.05  # seconds between two pieces of what is read or written slowly
SO_ATTACH_FILTER, SO_DETACH_FILTER = 26, 27  # Linux's asm-generic/socket.h
DROP_ALL = struct.pack("HBBI", 6, 0, 0, 0)  # one instruction of classic BPF: return 0

OPEN: "set[Line]" = set()  # nobody else holds one that stalls; and a leak report can name them


class Line:
    """A TCP connection. What arrives goes to ``_received``."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.port = 0
        self.host = ""
        """Of the server: its port alone, and with its address as a Host header says it."""
        self.path = ""
        self.ended = asyncio.Event()
        """Set once the TCP connection is over, whoever ended it."""
        self.on_end: Callable[[], Any] | None = None
        """Called then."""
        self.error: Exception | None = None
        """What it ended with: ``ConnectionResetError`` after a reset by the server."""
        self.sock: socket.socket
        self.transport: asyncio.Transport
        self._reading: asyncio.TimerHandle | None = None
        self._writing: asyncio.TimerHandle | None = None
        self._held: list[bytes] | None = None  # what is written while it is half-open

    @classmethod
    async def dial(
        cls,
        port: int,
        *,
        host: str = "127.0.0.1",
        source: str = "",
        sock: socket.socket | None = None,
        receive_buffer: int = 0,
        segment: int = 0,
        timeout: float = DEADLINE,
        **options: Any,
    ) -> Self:
        """Connect, and say nothing yet.

        ``source``: the address to come from, such as 127.0.0.2. ``sock``: one that is not connected
        yet, of another network namespace for instance. ``receive_buffer`` (SO_RCVBUF) and
        ``segment`` (TCP_MAXSEG), in bytes: small ones make a peer that stalls felt soon. Raises
        ``OSError`` if nobody listens, ``TooLate`` after ``timeout`` seconds.
        """
        loop = asyncio.get_running_loop()
        line = cls(**options)
        line.sock = sock = sock or socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
        try:
            if source:
                sock.bind((source, 0))
            if receive_buffer:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
            if segment:
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, segment)
            sock.setblocking(False)
            async with asyncio.timeout(timeout):
                await loop.sock_connect(sock, (host, port))
            line.transport, _ = await loop.create_connection(lambda: _Wire(line), sock=sock)
        except TimeoutError:
            sock.close()
            raise TooLate(f"no TCP connection to {host}:{port} within {timeout:g} s") from None
        except BaseException:
            sock.close()
            raise
        line.port = port
        line.host = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        OPEN.difference_update([one for one in OPEN if one.loop.is_closed()])
        OPEN.add(line)
        return line

    @property
    def address(self) -> tuple[str, int]:
        """This end's address, as the server sees it."""
        host, port = self.transport.get_extra_info("sockname")[:2]
        return host, port

    def write(self, data: bytes, rate: int = 0) -> None:
        """Send bytes as they are; with a ``rate``, so many of them a second. Never waits."""
        if self._held is not None:
            self._held.append(data)
        elif rate:
            self._write_slowly(data, rate, self._now(), 0)
        else:
            self.transport.write(data)

    async def end(self, timeout: float = DEADLINE) -> Any:
        """Wait until the TCP connection is over. Raises ``TooLate`` after ``timeout`` seconds."""
        try:
            async with asyncio.timeout(timeout):
                await self.ended.wait()
        except TimeoutError:
            raise TooLate(f"{self!r}: still connected after {timeout:g} s") from None

    # -- misbehaving ---------------------------------------------------------------------------

    def stall(self) -> None:
        """Read nothing any more, and so answer nothing, until ``resume()``."""
        self._stop_pacing()
        self.transport.pause_reading()

    def crawl(self, rate: int) -> None:
        """Read ``rate`` bytes a second, evenly, until ``resume()``."""
        self.stall()
        self._read_slowly(rate, self._now(), 0)

    def half_open(self) -> None:
        """Fall silent as a machine does that loses its network, until ``resume()``.

        The server's packets are dropped unacknowledged (Linux: by a socket filter, without
        privileges), and what is sent waits; no FIN, no reset. It is its end that cannot be hidden:
        ``vanish()`` and ``reset()`` do reach the server.
        """
        if sys.platform != "linux":
            raise NotImplementedError(
                "half_open() needs a socket filter of Linux; elsewhere connect through a Cut, and "
                "call its silently()"
            )
        program = ctypes.create_string_buffer(DROP_ALL)
        attached = struct.pack("HL", 1, ctypes.addressof(program))
        self.sock.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, attached)
        self._held = [] if self._held is None else self._held

    def resume(self) -> None:
        """Behave again: read on after ``stall`` or ``crawl``, be reached after ``half_open``."""
        self._stop_pacing()
        held, self._held = self._held, None
        if held is not None:
            self.sock.setsockopt(socket.SOL_SOCKET, SO_DETACH_FILTER, 0)
            self.transport.write(b"".join(held))
        self.transport.resume_reading()

    def vanish(self) -> None:
        """End the TCP connection with a FIN, without a word: a process that is killed."""
        self.transport.close()

    def reset(self) -> None:
        """End the TCP connection with a RST."""
        if not self.ended.is_set():
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()

    # -- inside --------------------------------------------------------------------------------

    def _received(self, data: bytes) -> None:
        """Take what has arrived."""
        raise NotImplementedError

    def _lost(self, error: Exception | None) -> None:
        self.error = self.error or error
        self._stop_pacing()
        if self._writing is not None:
            self._writing.cancel()
        OPEN.discard(self)
        self.ended.set()
        if self.on_end is not None:
            self.on_end()

    def _stop_pacing(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None

    def _read_slowly(self, rate: int, start: float, taken: int) -> None:
        """Timers and no task: what a test counts as left over is the server's."""
        due = int((self._now() - start) * rate) - taken
        try:
            data = self.sock.recv(due) if due > 0 else None
        except BlockingIOError:
            data = None
        except OSError as error:
            self.error = error
            data = b""
        if data == b"":
            self.transport.abort()
            return
        if data:
            self._received(data)
        self._reading = self._later(self._read_slowly, rate, start, taken + len(data or b""))

    def _write_slowly(self, data: bytes, rate: int, start: float, written: int) -> None:
        due = int((self._now() - start) * rate)
        self.transport.write(data[written:due])
        if due < len(data):
            self._writing = self._later(self._write_slowly, data, rate, start, max(due, written))

    def _now(self) -> float:
        return self.loop.time()

    def _later(self, step: Callable[..., None], *args: Any) -> asyncio.TimerHandle:
        return self.loop.call_later(PACE, step, *args)


async def end_all(port: int) -> None:
    """End this event loop's lines to a server that is gone."""
    loop = asyncio.get_running_loop()
    for line in [line for line in OPEN if line.port == port and line.loop is loop]:
        line.transport.abort()
        await line.ended.wait()


class _Wire(asyncio.Protocol):
    """What the event loop calls."""

    def __init__(self, line: Line) -> None:
        self.data_received = line._received  # type: ignore[method-assign]
        self.connection_lost = line._lost  # type: ignore[assignment, method-assign]
