"""The link of one connection: what is written to its socket, and how that ends.

Everything goes out through ``push``, straight to the descriptor where that is safe. The descriptor
is taken away, synchronously, in the first of our close, our abort and the transport's end: a number
that was reused would carry one user's frames to another.
"""

import asyncio
import os
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, Protocol

from holdfast.errors import CloseCode
from holdfast.server.lane import Lane
from holdfast.sockets.kernel import INTERNET, UNNAMED, UNSENT, reset_on_close, tune
from holdfast.sockets.watch import Watch
from holdfast.wire import Framer, close_frame

KEEPALIVE = 20.0  # seconds
NOTSENT_LOWAT = UNNAMED.get("TCP_NOTSENT_LOWAT", getattr(socket, "TCP_NOTSENT_LOWAT", 0))


class Rendered(Protocol):
    """A batch: its payload is frames, made by this link's ``framer``."""

    payload: bytes


class Receiver(Protocol):
    """Who is given what the client sends: an ASGI call, or whoever attached."""

    def finish(self) -> bool:
        """An end has come. False while messages before it are handled: ``settle`` then follows."""

    def frame(self, data: str | bytes) -> bool:
        """A message has arrived; False asks to read no more until ``resume``."""

    def lost(self, code: int, reason: str) -> None:
        """The connection is over for the client. May be told again, and is nothing then."""

    def stop(self, code: int, reason: str) -> None:
        """The server stops: close with the code, after what is still to be written."""


class Link:
    """One socket. ``paused`` while its transport holds any byte that the kernel did not take."""

    __slots__ = (
        "_drained",
        "closing",
        "fd",
        "framer",
        "lane",
        "on_writable",
        "paused",
        "receiver",
        "stride",
        "transport",
        "watch",
    )

    def __init__(self, lane: Lane, framer: Framer) -> None:
        self.lane = lane
        self.framer = framer
        self.watch: Watch = lane.watch
        self.transport: Any = None
        self.receiver: Receiver | None = None
        self.on_writable: Callable[[], None] = _nothing
        self.fd = -1
        """For direct writes: -1 where they are not possible, and from the first end on."""
        self.paused = False
        self.closing = False
        """Nothing more is taken: a close frame was written, or the socket is over."""
        self.stride = 0
        self._drained: asyncio.Future[None] | None = None

    def connect(self, transport: Any) -> None:
        """Take over a transport. With no bytes allowed in its buffer it tells of each."""
        self.transport = transport
        # Those for TLS stop at so many bytes and not above: at 0 also with nothing in the buffer.
        transport.set_write_buffer_limits(high=1 if self._secured else 0)
        sock = transport.get_extra_info("socket")
        if not self.lane.wheel.interval:  # the kernel asks a silent peer, then
            tune(self.fileno(), KEEPALIVE, UNSENT)
        elif sock is not None and sock.family in INTERNET:
            with suppress(OSError):
                sock.setsockopt(socket.IPPROTO_TCP, NOTSENT_LOWAT, UNSENT)
        # Bytes in the buffer are a response's that came before this one's handshake: ours follow.
        free = not transport.get_write_buffer_size()
        if free and self.lane.direct and sock is not None and not self._secured:
            self.fd = sock.fileno()

    @property
    def _secured(self) -> bool:
        return self.transport.get_extra_info("sslcontext") is not None

    # -- writing -------------------------------------------------------------------------------

    def push(self, data: bytes) -> None:
        """Write frames: to the descriptor, and what it does not take to the transport.

        ``fd`` is -1 on TLS, on unknown loops, while closing and after any end. ``paused`` keeps the
        order: what the transport holds goes first.
        """
        if self.fd < 0 or self.paused:
            if not self.closing:
                self.transport.write(data)
            return
        try:
            sent = os.write(self.fd, data)
        except (BlockingIOError, InterruptedError):
            sent = 0
        except OSError:  # the other end is gone, and nobody has told us yet
            self.abort()
            return
        if sent != len(data):
            self.transport.write(memoryview(data)[sent:])

    def write(self, batches: Sequence[Rendered]) -> None:
        """Write batches of rendered frames, in order, at once."""
        if len(batches) == 1:
            self.push(batches[0].payload)
        else:
            self.push(b"".join([batch.payload for batch in batches]))

    @property
    def outbox(self) -> int:
        """Bytes written that the kernel has not taken."""
        return self.transport.get_write_buffer_size() if self.paused else 0

    async def drained(self) -> None:
        """Return when nothing waits any more: the kernel took it, or the socket is over."""
        while self.paused:
            if self._drained is None:
                self._drained = self.lane.loop.create_future()
            await asyncio.wait([self._drained])  # shared: one who is cancelled cancels only itself

    def pause_writing(self) -> None:
        """The transport holds something: called by it."""
        if not self.paused:
            self.paused = True
            self.watch.add(self)

    def resume_writing(self) -> None:
        """The kernel took everything: called by the transport."""
        self.unpause()
        self.on_writable()

    def unpause(self) -> None:
        """Nothing waits any more; whoever waited for that goes on."""
        self.paused = False
        if not self.closing:
            self.watch.discard(self)
        if self._drained is not None:
            self._drained.set_result(None)
            self._drained = None

    # -- the end -------------------------------------------------------------------------------

    def close(self, code: int, reason: str) -> None:
        """Send a close frame after everything written. Its answer has ``close_timeout``."""
        if self.closing:
            return
        self.push(close_frame(code, reason))
        self._shut()
        if not self.transport.is_closing():
            self.watch.add(self)

    def _shut(self) -> None:
        """Take nothing more."""
        self.fd = -1
        self.closing = True

    def hang_up(self) -> None:
        """Close the socket, once the transport's buffer is empty, or the watch is tired of it.

        TLS waits half a minute for the other end's goodbye.
        """
        self._shut()
        # Once: closed a second time, a TLS transport of Python's loses its socket.
        if self.transport is not None and not self.transport.is_closing():
            self.transport.close()
            if self.paused or self._secured:
                self.watch.add(self)

    def abort(self) -> None:
        """End the socket now, with a reset: the kernel drops what it holds, too."""
        self._shut()
        if self.transport is None:
            return
        sock = self.transport.get_extra_info("socket")
        if sock is not None:
            with suppress(OSError):
                reset_on_close(sock)
        self.transport.abort()

    def over(self) -> None:
        """The transport has lost its socket."""
        self._shut()
        self.transport = None
        self.unpause()
        self.watch.discard(self)

    # -- what the watch asks -------------------------------------------------------------------

    def fileno(self) -> int:
        """The descriptor now, or -1; also where nothing may be written to it directly."""
        sock = self.transport and self.transport.get_extra_info("socket")
        return -1 if sock is None else int(sock.fileno())

    @property
    def unfinished(self) -> bool:
        """Whether its socket is still there: until the close frame is answered, for one."""
        if self.transport is None:
            return False
        return self.paused or self._secured or not self.transport.is_closing()

    def stuck(self, reason: str) -> None:
        """The peer takes nothing, or does not answer a close frame."""
        self.abort()
        if self.receiver is not None:
            self.receiver.lost(CloseCode.SLOW, reason)


def _nothing() -> None:
    pass
