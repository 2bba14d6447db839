"""Reaching the socket behind an ASGI ``send``, on each server: to see progress, and to abort.

ASGI has no word for either. What each server offers was found by reading it; where nothing is
offered, the socket is found among this process's descriptors by its two addresses.
"""

import inspect
import os
import socket
import struct
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, NamedTuple, Protocol

from holdfast.errors import CloseCode

try:
    import fcntl
    import termios

    ioctl = True
except ImportError:  # Windows: connections cannot be watched there, only timed (untested)
    ioctl = False

Send = Callable[[Any], Any]

# Both only note that a response has started, which it has when a link begins to write.
STARLETTE_WRAPPERS = {"starlette._exception_handler", "starlette.middleware.errors"}

# For daphne: what a client should do after the one is what it should do after the other.
INSTEAD = {
    1001: CloseCode.SHUTDOWN,
    1009: CloseCode.BAD_REQUEST,
    1011: CloseCode.FAILED,
    1012: CloseCode.SHUTDOWN,
}

BACKLOG_LIMIT = 256 * 1024  # bytes in the kernel's queue, for servers that never say stop
_SND_MSS, _BYTES_ACKED = 16, 120  # offsets in Linux's struct tcp_info (the latter since 4.1)


class Reach(Protocol):
    """What can be done to one connection's socket from outside its server."""

    def fileno(self) -> int:
        """The descriptor now, or -1. Not to be kept: it may be another socket's a moment later."""

    def buffers(self) -> bool:
        """Whether the server still holds bytes that the socket did not take, as far as is known."""

    def abort(self) -> bool:
        """End the socket now; False if it could not be found."""


class TransportReach:
    """An asyncio or uvloop transport (uvicorn)."""

    def __init__(self, transport: Any) -> None:
        self._transport = transport

    def fileno(self) -> int:
        """The transport's descriptor, -1 once it is closing."""
        sock = self._transport.get_extra_info("socket")
        return -1 if sock is None else int(sock.fileno())

    def buffers(self) -> bool:
        """Uvicorn's closing waits for these without end, if the peer takes nothing."""
        return bool(self._transport.get_write_buffer_size())

    def abort(self) -> bool:
        """``transport.abort()``: drops its buffer, so that ``connection_lost`` runs at once.

        With a reset: else the kernel would keep its own buffer, up to 4 MB, for minutes.
        """
        fd = self.fileno()
        if fd >= 0:
            with suppress(OSError), _duplicate(fd) as sock:
                _reset_on_close(sock)
        self._transport.abort()
        return True


class AddressReach:
    """A socket found by the addresses of its two ends (hypercorn, granian, daphne)."""

    def __init__(self, client: tuple[str, int], server: tuple[str, int]) -> None:
        self._ends = (client, server)
        self._guess = -1
        self._hopeless = False  # behind a proxy the addresses may be no socket's: one search tells

    def fileno(self) -> int:
        """Searched anew if the last one found no longer has the same two ends."""
        if self._hopeless:
            return -1
        if self._guess < 0 or _ends(self._guess) != self._ends:
            self._guess = next((fd for fd in _descriptors() if _ends(fd) == self._ends), -1)
            self._hopeless = self._guess < 0
        return self._guess

    def buffers(self) -> bool:
        """Nobody can tell, and need not: these servers end what does not close."""
        return False

    def abort(self) -> bool:
        """Shut a duplicate down, with a reset: the server then sees the end of its socket."""
        fd = self.fileno()
        if fd < 0:
            return False
        with _duplicate(fd) as sock, suppress(OSError):
            _reset_on_close(sock)
            sock.shutdown(socket.SHUT_RDWR)
        return True


def reach(send: Send, scope: Any) -> Reach | None:
    """How to reach the socket of this connection; None where nobody can."""
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    if transport is not None and hasattr(transport, "abort"):
        return TransportReach(transport)
    client, server = scope.get("client"), scope.get("server")
    if not ioctl or not client or not server or not server[1]:
        return None
    return AddressReach((client[0], int(client[1])), (server[0], int(server[1])))


class Wrapped:
    """Whose bound ``send`` stands before ``raw_send``, and may be passed by."""

    raw_send: Send


def unwrap(send: Send) -> Send:
    """The server's own ``send``, below ours and the wrappers that Starlette adds to every route.

    A wrapper of anybody else stays: what it does belongs to the message's way.
    """
    while True:
        owner = getattr(send, "__self__", None)
        if isinstance(owner, Wrapped):
            send = owner.raw_send
        elif getattr(send, "__module__", "") in STARLETTE_WRAPPERS:
            send = inspect.getclosurevars(send).nonlocals["send"]
        else:
            return send


def hidden(send: Send) -> bool:
    """Whether somebody's function stands before the server's ``send``: those are no functions."""
    return inspect.isfunction(send)


def steppable(send: Send) -> bool:
    """Whether ``send`` may be driven one step without a task: only servers known to stand it."""
    send = getattr(send, "func", send)  # daphne's is a partial
    owner = getattr(send, "__self__", None)
    return type(owner).__module__.split(".")[0] in {"uvicorn", "hypercorn", "daphne"}


def unbounded(send: Send) -> bool:
    """Whether the server queues what the socket does not take, without bound or word: daphne."""
    owner = getattr(getattr(send, "func", send), "__self__", None)
    return type(owner).__module__.startswith("daphne.")


def close_message(send: Send, code: int, reason: str) -> Any:
    """The ASGI message that closes; daphne raises for every code below 3000 but 1000."""
    if unbounded(send):
        code = INSTEAD.get(code, code)
    return {"type": "websocket.close", "code": int(code), "reason": reason}


def can_respond(scope: Any) -> bool:
    """Whether the server can answer a handshake with an HTTP response: not daphne."""
    return "websocket.http.response" in (scope.get("extensions") or {})


class _Cork:
    """Stands in for a transport while several messages are written, and keeps them together."""

    __slots__ = ("_transport", "chunks")

    def __init__(self, transport: Any) -> None:
        self._transport = transport
        self.chunks: list[bytes] = []

    def write(self, data: bytes) -> None:
        self.chunks.append(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


def corkable(send: Send) -> Any:
    """The object whose ``transport`` this ``send`` writes to: uvicorn's protocols. Else None."""
    owner = getattr(send, "__self__", None)
    ours = type(owner).__module__.startswith("uvicorn.") and hasattr(owner, "transport")
    return owner if ours else None


@contextmanager
def corked(owner: Any) -> Iterator[None]:
    """Write what is sent within the block at once: one system call instead of one a message.

    Only for stepped sends: nothing else runs until the transport is in its place again.
    """
    transport = owner.transport
    owner.transport = cork = _Cork(transport)
    try:
        yield
    finally:
        owner.transport = transport
        if cork.chunks:
            transport.write(b"".join(cork.chunks))


def under_reload(send: Send) -> bool:
    """Whether a server that restarts on every change serves this connection.

    Uvicorn's configuration says so however it was started; the others' command line does.
    """
    config = getattr(getattr(send, "__self__", None), "config", None)
    return bool(getattr(config, "reload", False)) or "--reload" in sys.argv


def peer_address(send: Send, scope: Any) -> str:
    """The address at the other end of the socket: a proxy's, where there is one."""
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    peer = transport.get_extra_info("peername") if transport is not None else scope.get("client")
    return str(peer[0]) if isinstance(peer, tuple | list) and peer else ""


class Progress(NamedTuple):
    """How far a peer is: ``acked`` changes with every byte it acknowledges."""

    acked: int
    segment: int
    """Bytes in one segment to it, 0 where there are none: what it acknowledges comes in these."""


def progress(fd: int) -> Progress | None:
    """How far the peer is; None if nobody can tell."""
    with suppress(OSError, struct.error), _duplicate(fd) as sock:
        if sock.family in (socket.AF_INET, socket.AF_INET6) and hasattr(socket, "TCP_INFO"):
            info = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 192)
            acked = struct.unpack_from("<Q", info, _BYTES_ACKED)[0]
            return Progress(acked, struct.unpack_from("<I", info, _SND_MSS)[0])
        return Progress(backlog(fd), 0)
    return None


def overfull(fd: int, share: float = 1.0) -> bool:
    """Whether the kernel's send queue holds more than its sender should have put there.

    A quarter of the socket's buffer: with small segments it is full, by its own account, long
    before as many bytes of ours are in it.
    """
    with suppress(OSError), _duplicate(fd) as sock:
        size = sock.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF)
        return bool(backlog(fd) > share * min(BACKLOG_LIMIT, size // 4))
    return False


def backlog(fd: int) -> int:
    """Bytes in the kernel's send queue that the peer has not acknowledged (TIOCOUTQ)."""
    return int(struct.unpack("i", fcntl.ioctl(fd, termios.TIOCOUTQ, b"\0\0\0\0"))[0])


def _reset_on_close(sock: socket.socket) -> None:
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


@contextmanager
def _duplicate(fd: int) -> Any:
    copy = os.dup(fd)
    try:
        sock = socket.socket(fileno=copy)
    except OSError:  # not a socket
        os.close(copy)
        raise
    try:
        yield sock
    finally:
        sock.close()


def _descriptors() -> list[int]:
    return [int(name) for name in os.listdir("/proc/self/fd")]


def _ends(fd: int) -> Any:
    """The peer's and our own address of a connected socket, or None."""
    with suppress(OSError, ValueError), _duplicate(fd) as sock:
        peer, own = sock.getpeername(), sock.getsockname()
        return (peer[:2], own[:2])
    return None
