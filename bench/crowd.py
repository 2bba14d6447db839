"""Many clients that read: in C where there is a compiler, else in Python."""

import ctypes
import select
import socket
import time
from array import array
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

from bench import build
from bench.servers.order import STAMP
from bench.websocket import Client, Dialect, frame, split

TEXT, CLOSE, PING, PONG = 1, 8, 9, 10
SLICE = 0.1  # seconds of reading between two looks at the clock
LOOK = 0.02  # the same, when somebody looks on


class Reader(Protocol):
    """Reads all of them, and counts."""

    @property
    def open(self) -> int:
        """How many are not closed."""

    @property
    def small(self) -> int:
        """Texts too short to be messages, since ``expect``."""

    def add(self, client: Client) -> None:
        """One more."""

    def expect(self, each: int, again: bytes) -> None:
        """Count from zero again, up to ``each`` for each; for echo, send ``again`` until then."""

    def run(self, seconds: float) -> int:
        """Read for so long, or until nothing is missing; returns how many messages came."""

    def got(self) -> list[int]:
        """Messages per client, since ``expect``."""

    def sample(self, most: int) -> None:
        """Keep the latencies of so many messages from now on."""

    def latencies(self) -> list[float]:
        """In ms."""


class Crowd:
    """The clients that read."""

    def __init__(self, dialect: Dialect, size: int) -> None:
        self.clients: list[Client] = []
        self.reader = reader(dialect, size)

    def add(self, clients: Sequence[Client]) -> None:
        """More of them."""
        for client in clients:
            self.clients.append(client)
            self.reader.add(client)

    def settle(self, seconds: float) -> None:
        """Read for so long, whatever comes."""
        self.reader.expect(0, b"")
        self.reader.run(seconds)

    def until_small(self, count: int, deadline: float) -> bool:
        """Read until so many short texts came."""
        self.reader.expect(0, b"")
        until = time.monotonic() + deadline
        while self.reader.small < count and self.reader.open and time.monotonic() < until:
            self.reader.run(LOOK)
        return self.reader.small >= count

    def read(
        self,
        each: int,
        quiet: float,
        deadline: float,
        start: Callable[[], None],
        look: Callable[[], None] | None = None,
        again: bytes = b"",
    ) -> str:
        """Start, and read until every client got ``each`` messages; returns how it ended."""
        self.reader.expect(each, again)
        missing = each * len(self.clients)
        start()
        last = begin = time.monotonic()
        while missing > 0 and self.reader.open:
            found = self.reader.run(LOOK if look else SLICE)
            missing -= found
            now = time.monotonic()
            if found:
                last = now
            elif now - last > quiet:
                return "silence"
            if now - begin > deadline:
                return "deadline"
            if look:
                look()
        return "complete" if missing <= 0 else "closed"


def reader(dialect: Dialect, size: int) -> Reader:
    """The fastest there is."""
    library = build.reader()
    return PythonReader(dialect, size) if library is None else CReader(library, dialect, size)


class CReader:
    """``reader.c``."""

    MOST = 1 << 17  # connections

    def __init__(self, library: Path, dialect: Dialect, size: int) -> None:
        self._c = _declared(ctypes.CDLL(str(library)))
        names = dialect.ping.encode(), dialect.pong.encode()
        self._reader = self._c.reader_new(self.MOST, size, dialect.stamp_at, *names)
        self._count = 0
        self._samples = (ctypes.c_float * 0)()
        self._again = b""

    @property
    def open(self) -> int:
        return int(self._c.reader_open(self._reader))

    @property
    def small(self) -> int:
        return int(self._c.reader_small(self._reader))

    def add(self, client: Client) -> None:
        client.sock.setblocking(False)
        self._c.reader_add(self._reader, client.sock.fileno(), client.rest, len(client.rest))
        self._count += 1

    def expect(self, each: int, again: bytes) -> None:
        self._again = again  # C keeps the address
        self._c.reader_expect(self._reader, each, again or None, len(again))

    def run(self, seconds: float) -> int:
        return int(self._c.reader_run(self._reader, seconds))

    def got(self) -> list[int]:
        return [int(self._c.reader_got(self._reader, at)) for at in range(self._count)]

    def sample(self, most: int) -> None:
        self._samples = (ctypes.c_float * most)()
        self._c.reader_sample(self._reader, self._samples, most)

    def latencies(self) -> list[float]:
        return list(self._samples[: self._c.reader_sampled(self._reader)])


def _declared(library: Any) -> Any:
    pointer, number, text = ctypes.c_void_p, ctypes.c_long, ctypes.c_char_p
    library.reader_new.restype = pointer
    library.reader_new.argtypes = [ctypes.c_int, number, number, text, text]
    library.reader_add.argtypes = [pointer, ctypes.c_int, text, ctypes.c_size_t]
    library.reader_expect.restype = number
    library.reader_expect.argtypes = [pointer, number, text, ctypes.c_size_t]
    library.reader_sample.argtypes = [pointer, ctypes.POINTER(ctypes.c_float), number]
    library.reader_run.restype = number
    library.reader_run.argtypes = [pointer, ctypes.c_double]
    library.reader_got.restype = number
    library.reader_got.argtypes = [pointer, ctypes.c_int]
    for name in ("reader_small", "reader_sampled"):
        getattr(library, name).restype = number
        getattr(library, name).argtypes = [pointer]
    library.reader_open.argtypes = [pointer]
    return library


class PythonReader:
    """The same, slower."""

    def __init__(self, dialect: Dialect, size: int) -> None:
        self.small = 0
        self._dialect = dialect
        self._size = size
        self._events = select.epoll()
        self._clients: dict[int, Client] = {}
        self._got: dict[int, int] = {}
        self._each = self._missing = self._most = 0
        self._again = b""
        self._samples = array("d")

    @property
    def open(self) -> int:
        return len(self._clients)

    def add(self, client: Client) -> None:
        client.sock.setblocking(False)
        fd = client.sock.fileno()
        self._clients[fd] = client
        self._got[fd] = 0
        self._events.register(fd, select.EPOLLIN)
        self._take(client)

    def expect(self, each: int, again: bytes) -> None:
        self._each, self._again, self.small = each, again, 0
        self._got = dict.fromkeys(self._got, 0)
        self._missing = each * len(self._got)

    def run(self, seconds: float) -> int:
        until, total = time.monotonic() + seconds, 0
        while self.open and (left := until - time.monotonic()) > 0:
            for fd, _ in self._events.poll(left):
                total += self._read(fd)
            if self._each and total >= self._missing:
                break
        self._missing -= total
        return total

    def got(self) -> list[int]:
        return list(self._got.values())

    def sample(self, most: int) -> None:
        self._most, self._samples = most, array("d")

    def latencies(self) -> list[float]:
        return list(self._samples)

    def _read(self, fd: int) -> int:
        client = self._clients.get(fd)
        if client is None:
            return 0
        try:
            data = client.sock.recv(1 << 18)
        except BlockingIOError:
            return 0
        except OSError:
            data = b""
        if not data:
            self._drop(client)
            return 0
        client.rest += data
        return self._take(client)

    def _take(self, client: Client) -> int:
        at, found = 0, 0
        while (one := split(client.rest, at)) is not None:
            opcode, payload, at = one
            found += self._frame(client, opcode, payload)
        client.rest = client.rest[at:]
        return found

    def _frame(self, client: Client, opcode: int, payload: bytes) -> int:
        if opcode < CLOSE and len(payload) >= self._size:
            return self._message(client, payload)
        if opcode == CLOSE:
            self._drop(client)
        elif opcode == PING:
            self._send(client, frame(payload, PONG))
        elif self._dialect.ping and payload == self._dialect.ping.encode():
            self._send(client, frame(self._dialect.pong.encode()))
        else:
            self.small += 1
        return 0

    def _message(self, client: Client, payload: bytes) -> int:
        fd = client.sock.fileno()
        self._got[fd] += 1
        if len(self._samples) < self._most:
            stamp = payload[self._dialect.stamp_at : self._dialect.stamp_at + STAMP]
            if stamp.isdigit():
                self._samples.append((time.monotonic_ns() - int(stamp)) / 1e6)
        if self._again and self._got[fd] < self._each:
            self._send(client, self._again)
        return 1

    def _send(self, client: Client, data: bytes) -> None:
        try:
            if client.sock.send(data) != len(data):
                self._drop(client)
        except OSError:
            self._drop(client)

    def _drop(self, client: Client) -> None:
        if self._clients.pop(client.sock.fileno(), None):
            self._events.unregister(client.sock)
            with suppress(OSError):
                client.sock.shutdown(socket.SHUT_WR)
