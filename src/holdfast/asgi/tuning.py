"""The sockets of open connections: keepalive, a short queue in the kernel, and peers that vanished.

Hypercorn checks no pong and granian sends no ping, so that a peer whose network is gone stays for
ever; and small messages to it fit into the kernel's buffer, where no send ever waits. The kernel
asks a peer to which nothing is sent; the others are looked at here, now and then.
"""

import asyncio
from weakref import ReferenceType, WeakSet, ref

from holdfast.asgi.deadlines import Deadlines
from holdfast.asgi.reach import AddressReach, Reach
from holdfast.sockets.kernel import UNSENT, End, descriptors, end_of, tune, vanished

AT_ONCE, PAUSE = 100, 0.01  # so many connections are looked at, then others have a turn
GATHER = 0.5  # seconds in which new connections wait for one look at the descriptors


class Tuning:
    """Sets the options of the connections of one event loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop, deadlines: Deadlines) -> None:
        self._loop = loop
        self._deadlines = deadlines
        self._new: dict[End | None, tuple[AddressReach, bool]] = {}
        self._known: dict[int, ReferenceType[AddressReach]] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._open: WeakSet[Reach] = WeakSet()
        self._patrol: asyncio.TimerHandle | None = None

    def add(self, reach: Reach | None, bounded: bool) -> None:
        """A connection was accepted; ``bounded`` says that its server waits for the kernel."""
        if reach is not None:
            self._open.add(reach)
            self._walk_later()
        if isinstance(reach, AddressReach):  # its socket must be searched: several at a time
            self._new[reach.end] = (reach, bounded)
            if self._timer is None:
                self._timer = self._loop.call_later(GATHER, self._search)
        elif reach is not None:
            self._tune(reach.fileno(), bounded)

    def _search(self) -> None:
        """Look at each descriptor that is not a living connection's, and tune the new ones."""
        self._timer = None
        wanted, self._new = self._new, {}
        known = {fd: held for fd, held in self._known.items() if held() is not None}
        for fd in descriptors():
            if not wanted:
                break
            found = wanted.pop(end_of(fd), None) if fd not in known else None
            if found is not None:
                reach, bounded = found
                reach.found(fd)
                known[fd] = ref(reach)
                self._tune(fd, bounded)
        self._known = known

    def _tune(self, fd: int, bounded: bool) -> None:
        if fd >= 0:
            # A server without bound is paused by the kernel's queue, which must show it then.
            tune(fd, self._deadlines.keepalive, UNSENT if bounded else 0)

    def _walk_later(self) -> None:
        if self._patrol is None and self._open:
            period = self._deadlines.blind_timeout / 4
            self._patrol = self._loop.call_later(period, lambda: self._walk(list(self._open)))

    def _walk(self, left: list[Reach]) -> None:
        """Abort those whose peer has vanished; a few at a time, for there may be thousands."""
        for reach in left[:AT_ONCE]:
            if vanished(reach.fileno(), self._deadlines.blind_timeout):
                reach.abort()
        if len(left) > AT_ONCE:
            self._patrol = self._loop.call_later(PAUSE, self._walk, left[AT_ONCE:])
        else:
            self._patrol = None
            self._walk_later()
