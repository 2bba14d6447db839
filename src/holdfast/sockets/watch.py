"""Stuck is not slow: tells a peer that takes nothing from one that takes little.

Progress means that the peer acknowledged bytes. A link that waits is looked at a few times per
``send_timeout``; without progress for that long it is aborted. Links that do not wait cost nothing.
"""

import asyncio
import logging
from typing import Protocol

from holdfast.sockets.kernel import progress

log = logging.getLogger("holdfast")

STEADY = 100_000  # bytes per send_timeout that a client must read to be sure to stay
BUFFER = 128 * 1024  # Linux's default receive buffer


class Patience(Protocol):
    """How long a link may wait, in seconds."""

    @property
    def send_timeout(self) -> float:
        """Without the peer acknowledging a byte while some wait."""

    @property
    def blind_timeout(self) -> float:
        """For one send, where nobody can see progress."""

    @property
    def close_timeout(self) -> float:
        """For the closing handshake."""


class Waiting(Protocol):
    """A link that waits for its socket."""

    closing: bool
    stride: int
    """Bytes that its peer was last seen to acknowledge at once, after a silence."""

    def fileno(self) -> int:
        """The descriptor now, or -1."""

    @property
    def unfinished(self) -> bool:
        """Whether something written has not left the process."""

    def stuck(self, reason: str) -> None:
        """It has waited too long."""


class _Seen:
    """What was last seen of a waiting link, and when that changed."""

    __slots__ = ("acked", "moved_at", "since")

    def __init__(self, now: float) -> None:
        self.acked: int | None = None
        self.moved_at = self.since = now


class Watch:
    """The waiting links of one event loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop, patience: Patience) -> None:
        self._loop = loop
        self._patience = patience
        self._links: dict[Waiting, _Seen] = {}
        self._timer: asyncio.TimerHandle | None = None
        self.aborted = 0

    def add(self, link: Waiting) -> None:
        """The link waits, or begins to close."""
        self._links[link] = _Seen(self._loop.time())
        if self._timer is None:
            self._timer = self._loop.call_later(self._period, self._look)

    def discard(self, link: Waiting) -> None:
        """The link waits no more."""
        self._links.pop(link, None)

    @property
    def _period(self) -> float:
        shortest = min(self._patience.send_timeout, self._patience.close_timeout)
        return max(0.01, min(0.5, shortest / 10))

    def _look(self) -> None:
        self._timer = None
        now = self._loop.time()
        for link, seen in list(self._links.items()):
            try:
                self._look_at(link, seen, now)
            except Exception:  # of a server that surprises: it must not end the look for all others
                self.discard(link)
                log.exception("a link could not be looked at")
        if self._links:
            self._timer = self._loop.call_later(self._period, self._look)

    def _look_at(self, link: Waiting, seen: _Seen, now: float) -> None:
        if link.closing and not link.unfinished:  # the server does the rest
            self.discard(link)
        elif reason := self._verdict(link, seen, now):
            self.discard(link)
            self.aborted += 1
            link.stuck(reason)

    def _verdict(self, link: Waiting, seen: _Seen, now: float) -> str:
        """Why the link must end; empty while it need not."""
        limits = self._patience
        if link.closing and now - seen.since > limits.close_timeout:
            return f"no closing handshake within {limits.close_timeout:g} s"
        fd = link.fileno()
        found = progress(fd) if fd >= 0 else None
        if found is None:
            blind = now - seen.since > limits.blind_timeout
            return f"one send took more than {limits.blind_timeout:g} s" if blind else ""
        if found.acked != seen.acked:
            # Only after a silence: one who reads fast and stops shows no step.
            if seen.acked is not None and now - seen.moved_at > limits.send_timeout / 5:
                link.stride = abs(found.acked - seen.acked)
            seen.acked, seen.moved_at = found.acked, now
        stride = max(first_stride(found.segment), link.stride)
        patience = min(limits.send_timeout * steps(stride), limits.blind_timeout)
        stuck = now - seen.moved_at > patience
        return f"the client took nothing for {patience:.2g} s" if stuck else ""


def first_stride(segment: int) -> int:
    """Bytes that a peer may acknowledge at once before it has shown how many.

    A kernel whose buffer is full opens its window again when a segment fits. Ethernet's segments
    are small beside the buffer. Loopback's are not: there a reader may take all of it first.
    """
    return max(2 * segment, BUFFER) if segment > BUFFER // 16 else 2 * segment


def steps(stride: int) -> float:
    """How many times ``send_timeout`` a slow but steady reader may show nothing.

    A reader of 20 KB/s, which is 100 KB per ``send_timeout``, is silent on loopback for 6.5 s at a
    time (measured); with a larger buffer for longer, which shows in its first step.
    """
    return max(1.0, 1.2 * stride / STEADY)
