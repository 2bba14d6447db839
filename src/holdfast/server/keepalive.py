"""A link that is asked now and then whether its client is there."""

from holdfast.errors import CloseCode
from holdfast.server.lane import Lane
from holdfast.server.link import Link
from holdfast.sockets.kernel import backlog, finished, progress, vanished
from holdfast.wire import Framer, close_frame, ping_frame

PING = ping_frame(b"")


class Alive(Link):
    """The part of a connection that lies on the wheel."""

    __slots__ = ("_acked", "asked", "heard", "held", "slot")

    def __init__(self, lane: Lane, framer: Framer) -> None:
        super().__init__(lane, framer)
        self.slot = -1
        self.asked = 0
        self.heard = False
        self.held = False
        """Not read from: its receiver has enough."""
        self._acked: int | None = None

    def ping(self) -> None:
        """Ask the client for a pong (RFC 6455 section 5.5.2); later, while other bytes wait."""
        if self.paused or self.closing:
            self.asked = 0
        else:
            self.push(PING)

    def spared(self) -> bool:
        """Whether a pong cannot have come: it waits behind bytes that move, or nobody reads it."""
        fd = self.fileno()
        if self.paused or self.closing:  # the watch looks after it
            return True
        if vanished(fd, self.lane.wheel.timeout or 0):
            return False
        if self.held:
            return not finished(fd)
        found = progress(fd)
        if found is None or not backlog(fd) or found.acked == self._acked:
            return False
        self._acked = found.acked
        return True

    def silent(self, seconds: float) -> None:
        """No pong. The close frame may still arrive, but nobody waits for it."""
        receiver = self.receiver
        if not self.closing:
            self.push(close_frame(CloseCode.INTERNAL, "keepalive ping timeout"))
            self.hang_up()
        if receiver is not None:
            receiver.lost(CloseCode.ABNORMAL, f"no pong within {seconds:g} s")
