"""Reaching the socket behind an ASGI ``send``, on each server: to see progress, and to abort.

ASGI has no word for either. What each server offers was found by reading it; where nothing is
offered, the socket is found among this process's descriptors by its two addresses.
"""

import asyncio
import inspect
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Protocol

from holdfast.errors import CloseCode, close_reason
from holdfast.sockets.kernel import (
    End,
    descriptors,
    duplicate,
    end_of,
    ioctl,
    reset_on_close,
    unmapped,
)

Send = Callable[[Any], Any]

# Both only note that a response has started, which it has when a link begins to write.
STARLETTE_WRAPPERS = {"starlette._exception_handler", "starlette.middleware.errors"}

# For daphne: what a client should do after the one is what it should do after the other.
INSTEAD = {
    1001: CloseCode.SHUTDOWN,
    1008: CloseCode.FORBIDDEN,
    1011: CloseCode.FAILED,
    1012: CloseCode.SHUTDOWN,
    1013: CloseCode.RECONNECT,
    1014: CloseCode.FAILED,
}

SENDABLE = (range(1000, 1004), range(1007, 1015), range(3000, 5000))


class Reach(Protocol):
    """What can be done to one connection's socket from outside its server."""

    def fileno(self) -> int:
        """The descriptor now, or -1. Not to be kept: it may be another socket's a moment later."""

    def buffers(self) -> bool:
        """Whether the server still holds bytes that the socket did not take, as far as is known."""

    def held(self) -> int:
        """How many bytes that is."""

    def abort(self) -> bool:
        """End the socket now; False if it could not be found."""


class TransportReach:
    """An asyncio or uvloop transport (uvicorn)."""

    def __init__(self, transport: Any) -> None:
        self._transport = transport

    def fileno(self) -> int:
        """The transport's descriptor, -1 once it is closing."""
        try:
            sock = self._transport.get_extra_info("socket")
        except AttributeError:  # asyncio's for TLS, once it was closed twice
            return -1
        return -1 if sock is None else int(sock.fileno())

    def buffers(self) -> bool:
        """Uvicorn's closing waits for these without end, if the peer takes nothing."""
        return self.held() > 0

    def held(self) -> int:
        """What the transport has buffered; in uvloop, until a turn after an abort."""
        try:
            return int(self._transport.get_write_buffer_size())
        except AttributeError:  # as above
            return 0

    def abort(self) -> bool:
        """``transport.abort()``: drops its buffer, so that ``connection_lost`` runs at once.

        With a reset: else the kernel would keep its own buffer, up to 4 MB, for minutes.
        """
        fd = self.fileno()
        if fd >= 0:
            with suppress(OSError), duplicate(fd) as sock:
                reset_on_close(sock)
        self._transport.abort()
        return True


class AddressReach:
    """A socket found by the addresses of its two ends (hypercorn, granian, daphne)."""

    def __init__(self, client: tuple[str, int], server: tuple[str, int]) -> None:
        # Of our own address only the port: granian names the one it is bound to, 0.0.0.0 mostly.
        self.end: End = (unmapped(client[0]), client[1], server[1])
        self._guess = -1
        self._hopeless = False  # behind a proxy the addresses may be no socket's: one search tells

    def found(self, fd: int) -> None:
        """Somebody searched for it: where it was, or -1."""
        self._guess = fd
        self._hopeless = fd < 0

    def fileno(self) -> int:
        """Searched anew if the last one found no longer has the same two ends."""
        if self._hopeless:
            return -1
        if self._guess < 0 or end_of(self._guess) != self.end:
            self.found(next((fd for fd in descriptors() if end_of(fd) == self.end), -1))
        return self._guess

    def buffers(self) -> bool:
        """Nobody can tell, and need not: these servers end what does not close."""
        return False

    def held(self) -> int:
        """Nobody can tell."""
        return 0

    def abort(self) -> bool:
        """Shut a duplicate down, with a reset: the server then sees the end of its socket."""
        fd = self.fileno()
        if fd < 0:
            return False
        with duplicate(fd) as sock, suppress(OSError):
            reset_on_close(sock)
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
            send = _enclosed(send, "send")
        else:
            return send


def _enclosed(function: Any, name: str) -> Any:
    """What a function knows from around it; ``inspect`` looks up every global name, too."""
    at = function.__code__.co_freevars.index(name)
    return function.__closure__[at].cell_contents


def hidden(send: Send) -> bool:
    """Whether somebody's function stands before the server's ``send``: those are no functions."""
    return inspect.isfunction(send)


def steppable(send: Send) -> bool:
    """Whether ``send`` may be driven one step without a task: only servers known to stand it."""
    send = getattr(send, "func", send)  # daphne's is a partial
    owner = getattr(send, "__self__", None)
    return type(owner).__module__.split(".")[0] in {"uvicorn", "hypercorn", "daphne"}


def unbounded(send: Send) -> bool:
    """Whether the server queues what the socket does not take, without bound or word.

    Daphne does, and so did uvicorn 0.50.0 to 0.52.0, whose protocol was deaf to its transport.
    """
    if _is_daphne(send):
        return True
    kind: Any = type(getattr(send, "__self__", None))
    deaf = getattr(kind, "pause_writing", None) is asyncio.BaseProtocol.pause_writing
    return deaf and kind.__module__.startswith("uvicorn.")


def _is_daphne(send: Send) -> bool:
    owner = getattr(getattr(send, "func", send), "__self__", None)
    return type(owner).__module__.startswith("daphne.")


def close_message(send: Send, code: int, reason: str) -> Any:
    """The ASGI message that closes; daphne raises for every code below 3000 but 1000."""
    if _is_daphne(send) and CloseCode.NORMAL < code < 3000:
        code = INSTEAD.get(code, CloseCode.BAD_REQUEST)
    return {"type": "websocket.close", "code": int(code), "reason": reason}


def sendable(code: Any, reason: Any) -> tuple[int, str]:
    """What a close frame may carry of an application's code and reason; without a code, 1000.

    The codes that an endpoint sends are those of RFC 6455 section 7.4.1 and IANA's registry: a
    server's are more than a browser's ``close`` takes.
    """
    code = CloseCode.NORMAL if code is None else code
    if not any(code in codes for codes in SENDABLE):
        code = CloseCode.INTERNAL
    return int(code), close_reason(str(reason or ""))


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
