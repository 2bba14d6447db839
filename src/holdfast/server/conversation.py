"""A conversation over one link: the answer to its handshake, its frames, and how it ends.

It reads on while a handler is busy, so that pings, pongs and close frames are seen; only when more
messages wait than its receiver takes does it stop, and then the keepalive asks the kernel.
"""

from collections import deque
from collections.abc import Iterable, Sequence

from typing_extensions import override

from holdfast.server.keepalive import Alive
from holdfast.server.lane import Lane
from holdfast.wire import (
    PLAIN,
    Close,
    Event,
    Failed,
    Ping,
    Reader,
    Request,
    accept_response,
    close_frame,
    framer_for,
    http_response,
    negotiate,
    pong_frame,
)

BEHIND = 0.5  # seconds for a handler to deal with what came before a close frame or a fault
PIECE = 4096  # bytes of compressed frames that are read at once: at most 4 MB, at zlib's 1030:1
LINGER = 1.0  # seconds in which a client that broke the protocol may still read why


class Conversation(Alive):
    """From the request's head to the last close frame."""

    __slots__ = (
        "_deflated",
        "_kept",
        "_pong",
        "_reader",
        "_request",
        "adopted",
        "ending",
        "unread",
    )

    def __init__(self, lane: Lane) -> None:
        super().__init__(lane, PLAIN)
        self._reader: Reader | None = None
        self._request: Request | None = None
        self.unread: bytes = b""
        """Read from the socket, but not yet as frames: before the handshake was answered, or while
        what compressed ones make of it would be too much."""
        self._deflated = False
        self.ending: Close | Failed | None = None
        """What ends it, as long as messages before it are still handled."""
        self._kept: deque[Event] | None = None  # read already, while it is held
        self._pong: bytes | None = None  # owed, while it is paused
        self.adopted = False
        """It lives on without an ASGI call, until it is released."""

    # -- the handshake -------------------------------------------------------------------------

    def accept(self, subprotocol: str | None, headers: list[tuple[bytes, bytes]]) -> None:
        """Answer the handshake with 101, and begin to read frames (RFC 6455 section 4.2.2)."""
        request, config = self._request, self.lane.config
        if request is None or self.closing:
            return
        if self.lane.stopping:
            self.refuse(503, [], b"")
            return
        deflate = negotiate(request.offers) if config.ws_per_message_deflate else None
        extension = deflate.response if deflate is not None else None
        self.push(accept_response(request.key, subprotocol, extension, headers))
        if deflate is not None:
            self.framer = framer_for(deflate)
            self._deflated = True
        self._reader = Reader(config.ws_max_size, deflate)
        self._request = None
        self.lane.wheel.add(self)
        if self.unread:
            early, self.unread = self.unread, b""
            self.read(early)

    @property
    def accepted(self) -> bool:
        """Whether frames may be written: it was answered with 101."""
        return self._request is None

    def refuse(self, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
        """Answer the handshake with an HTTP response, and hang up."""
        if not self.closing:
            self.push(http_response(status, [*self.lane.default_headers, *headers], body))
            self.hang_up()

    # -- frames --------------------------------------------------------------------------------

    def read(self, data: bytes) -> None:
        """Bytes have arrived from the client."""
        reader = self._reader
        if reader is None:
            return
        self.heard = True
        if not self._deflated:
            self._deliver(reader.feed(data))
            return
        self.unread += data
        if not self.held:
            self._inflate(reader)

    def _inflate(self, reader: Reader) -> None:
        """A few frames at a time: eighty bytes may become sixty kilobytes, and a read of them more
        than the memory holds, while the receiver takes none."""
        data, at = self.unread, 0
        self.unread = b""
        while at < len(data) and not self.held and self._reader is not None:
            self._deliver(reader.feed(data[at : at + PIECE]))
            at += PIECE
        if self._reader is not None:
            self.unread = data[at:]

    def _deliver(self, events: Sequence[Event]) -> None:
        receiver = self.receiver  # None where it was released, and only the socket is left
        for at, event in enumerate(events):
            kind = type(event)
            if kind is str or kind is bytes:
                if self.closing or receiver is None:
                    continue
                if not receiver.frame(event):  # type: ignore[arg-type]
                    self._hold(events[at + 1 :])
                    return
            elif kind is Ping:
                self._answer_all(events[at:])
                events = [event for event in events[at:] if type(event) is not Ping]
                self._deliver(events)
                return
            else:
                self._control(event)

    def _control(self, event: Event) -> None:
        if isinstance(event, Close | Failed):
            self._end(event)

    def _answer_all(self, events: Iterable[Event]) -> None:
        """Answer the pings among them, in one write: a read may hold ten thousand. While nothing
        can be written, of several the last one is enough (RFC 6455 section 5.5.3)."""
        pings = [event.payload for event in events if isinstance(event, Ping)]
        if pings and self.paused:
            self._pong = pings[-1]
        elif pings and not self.closing:
            self.push(b"".join(map(pong_frame, pings)))

    @override
    def resume_writing(self) -> None:
        pong, self._pong = self._pong, None
        if pong is not None:
            self.unpause()
            self._answer_all([Ping(pong)])
        if not self.paused or pong is None:
            super().resume_writing()

    def _hold(self, rest: Sequence[Event]) -> None:
        """Read no more. What was read already waits, but for what needs no handler."""
        self.held = True
        self._kept = deque(event for event in rest if not isinstance(event, Ping))
        self._answer_all(rest)
        if not self.closing:
            self.transport.pause_reading()

    def resume(self) -> None:
        """The receiver has room again: for one message, perhaps, of thousands that were read."""
        if not self.held:
            return
        kept, receiver = self._kept, self.receiver
        while kept and not self.closing:
            event = kept.popleft()
            if not isinstance(event, str | bytes):
                self._control(event)
            elif receiver is not None and not receiver.frame(event):
                return
        self._let_go()

    def _let_go(self) -> None:
        self.held = False
        self._kept = None
        if self._reader is not None and self.unread:
            self._inflate(self._reader)
        if not self.held and not self.closing:
            self.transport.resume_reading()

    # -- the end -------------------------------------------------------------------------------

    @override
    def close(self, code: int, reason: str) -> None:
        super().close(code, reason)
        if self.held and self.transport is not None:  # the answer stands behind what was not read
            self.held = False
            kept, self._kept = self._kept, None
            self.transport.resume_reading()
            self._deliver(list(kept or ()))  # where the client has closed, too
            if self._reader is not None and self.unread:
                self._inflate(self._reader)
        self.settle()

    def _end(self, event: Close | Failed) -> None:
        """A close frame, or a fault: the messages before it are handled first, for a moment."""
        if self.closing or self.receiver is None or self.receiver.finish():
            self._settle(event)
        else:
            self.ending = event
            self.lane.loop.call_later(BEHIND, self.settle)

    def settle(self) -> None:
        """Everything before the end was handled, or the moment for it is over."""
        event, self.ending = self.ending, None
        if event is not None:
            self._settle(event)

    def _settle(self, event: Close | Failed) -> None:
        if self.closing:  # the answer to our close frame, or no better than one
            self.hang_up()
            return
        self.push(close_frame(event.code, event.reason))
        self._shut()  # a receiver that lets go now must not close it again
        if self.receiver is not None:
            self.receiver.lost(event.code, event.reason)
        if isinstance(event, Failed) and self.transport.can_write_eof():
            self._linger()
        else:
            self.hang_up()

    def _linger(self) -> None:
        """Read nothing more, and close a moment later: a close with bytes unread is a reset, which
        takes the close frame from the client (RFC 6455 section 7.1.7, RFC 9112 section 9.6)."""
        self._shut()
        self._reader = None
        self.transport.write_eof()
        self.lane.loop.call_later(LINGER, self.hang_up)
