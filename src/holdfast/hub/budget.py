"""The memory budget of a process: what is counted, and who goes when it is used up.

**Counted** are, in bytes of memory: the publications in rings and folds (data and a measured
overhead each, exact at any time), the batches rendered for laggards, and the outboxes: what was
written to links that their sockets have not taken, in the link and, as far as it is known, in the
server. A batch that waits in several links counts in each, since each will have its own copy. Not
counted: inboxes (bounded each by ``InboxLimits``), the kernel's buffers, keys and tags, and the
objects of connections and channels themselves.

**Outboxes** are looked at twice a second, which costs nothing where messages pass; a look at
many is followed by a longer pause, of four seconds at most. What was written less than
``PATIENCE`` ago is under way: it does not count yet, and nobody is ended for it. So the sum of
rings, folds, batches and outboxes of the slow is held, and beside it each client may have what one
write brings, for a second.

**Over the limit**, this goes, in this order, until all fits (and a 64th of the limit is free, so
that the next publication does not begin it again):

1. Batches that were rendered: they would be rendered again.
2. Connections with the largest outboxes for the longest time (bytes times seconds), while all
   outboxes together have more than an eighth of the limit. Below that they are not the cause, and
   a client that reads slowly but steadily must not go because channels keep much.
3. Publications in rings that nobody lags in, the oldest first; of channels that nobody subscribes
   to before all others. What was not offered yet stays, and the newest of each channel.
4. The connections that are left with an outbox, those behind for the longest first, and what was
   kept for them.
5. The oldest in folds: a text loses its beginning, at a publication's border; by key the longest
   unchanged go.
6. The whole history of channels that nobody subscribes to, the longest silent first.

**Nobody is left in the dark.** A connection ends with 3008, "memory budget". Its socket takes
nothing, so no close frame would get through in time: it is reset, and its client reconnects and
resumes. Who asks for what was trimmed is told that it is not complete: ``join`` returns False, a
viewer has a gap notice. Epochs and offsets stay. ``hf.statistics()`` counts all of it, and one log
line a minute says how much, of whom, and what to do.

**Several event loops** share one budget. Each sheds its own, told by the one that noticed; rings
give in proportion to what a loop keeps. No lock is taken where messages pass.
"""

import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial

from holdfast.hub.account import NEVER, Account
from holdfast.hub.channel import Channel, Connection
from holdfast.hub.flush import Loop
from holdfast.hub.link import Link
from holdfast.hub.trim import Over, Report, idle, lagged, trim_folds, trim_rings

PATIENCE = 1.0  # seconds, as long as publish() waits for one that fell behind
LOOK = 0.5  # seconds between two looks at the outboxes
EASE = 400  # looking takes no larger part of the time than one in so many...
LONGEST = 4.0  # ...unless that would be a longer pause, in seconds
STEP = 64  # what is freed beyond the limit, and when to try again in vain: limit / STEP
SPARED = 8  # outboxes of limit / SPARED are not what memory is short of


class Budget:
    """One limit in bytes for all event loops that share it; None only counts.

    ``patience``: seconds that what was written may wait before it counts.

    >>> budget = Budget(256 * 1024**2)
    >>> hub = Hub(loop, options, budget)
    """

    def __init__(self, limit: int | None = None, patience: float = PATIENCE) -> None:
        self.limit = limit
        self.patience = patience
        self.shares: tuple[Share, ...] = ()
        self._lock = threading.Lock()

    @property
    def used(self) -> int:
        """Bytes that count, of all event loops."""
        return sum(share.used for share in self.shares)

    @property
    def held(self) -> int:
        """Bytes of them that wait in outboxes."""
        return sum(share.held for share in self.shares)

    def join(self, share: "Share") -> None:
        """Count this one too, and no longer those whose event loop was closed."""
        with self._lock:
            self.shares = (*(other for other in self.shares if other.alive), share)

    def divide(self) -> None:
        """Let each account ask again when its part of what is free is used up."""
        if self.limit is None:
            return
        shares, room = self.shares, self.limit - self.used
        step = room // len(shares) if room > 0 else self.limit // STEP
        for share in shares:  # of other threads, too: at worst one asks once too often
            share.account.mark = share.account.kept + step

    def leave(self, share: "Share") -> None:
        """Count it no longer."""
        with self._lock:
            self.shares = tuple(other for other in self.shares if other is not share)


class Holder:
    """Bytes that wait in a link. ``connection`` is None once that has been closed."""

    __slots__ = ("bytes", "connection", "counted", "since")

    def __init__(self, connection: Connection | None, since: float) -> None:
        self.connection = connection
        self.since = since
        self.bytes = 0
        self.counted = 0  # what of it counts: nothing before it has waited for some time

    def see(self, link: Link, now: float) -> bool:
        """Take down what waits now; False if nothing does."""
        size = link.outbox
        if size < self.bytes and not link.paused:  # it is being read
            self.since = now
        if self.connection is not None and self.connection.behind:
            self.since = min(self.since, *(f.since for f in self.connection.behind.values()))
        self.bytes = size
        return size > 0

    def weight(self, link: Link, now: float) -> tuple[bool, bool, float]:
        """How much there is to say for its end: it ends anyway, takes nothing, is large and old."""
        return (self.connection is None, link.paused, self.bytes * (now - self.since))


class Share:
    """What one event loop has of a budget: its account, its outboxes, and what it has shed."""

    def __init__(
        self,
        budget: Budget,
        loop: Loop,
        channels: dict[str, Channel],
        connections: dict[str, Connection],
        end: Callable[[Connection], None],
        drop: Callable[[Channel], None],
    ) -> None:
        self.account = Account()
        self.held = 0
        self.outboxes = 0  # those that do not count yet, too
        self.shed = 0
        self.trimmed = 0
        self.short = False  # nothing more could be shed, and it was not enough
        self._budget = budget
        self._loop = loop
        self._channels = channels
        self._connections = connections
        self._end = end
        self._drop = drop
        self._holders: dict[Link, Holder] = {}
        self._report = Report()
        self._ticking = self._busy = self._again = False
        budget.join(self)
        budget.divide()

    @property
    def used(self) -> int:
        """Bytes that count."""
        return self.account.kept + self.held

    @property
    def memory(self) -> int:
        """Bytes that are there, counted or not."""
        return self.account.kept + self.outboxes

    @property
    def alive(self) -> bool:
        """Whether its event loop can still run."""
        return not self._loop.is_closed()

    def leave(self) -> None:
        """The event loop's part is over."""
        self._budget.leave(self)
        self._budget = Budget()
        self.account.mark = NEVER

    # -- outboxes ------------------------------------------------------------------------------

    def watch(self) -> None:
        """There are connections: look at them from time to time."""
        if not self._ticking:
            self._ticking = True
            self._loop.call_later(LOOK, self._tick)

    def forget(self, connection: Connection) -> None:
        """The connection was closed. What it still has to write goes on to count."""
        link = connection.link
        if link is None:
            return
        holder = self._holders.get(link)
        if not link.outbox:
            self._let_go(link)
        elif holder is not None:
            holder.connection = None
        else:
            self._holders[link] = Holder(None, self._loop.time())
            self.watch()

    def look(self) -> None:
        """See what waits in which outbox, and for how long."""
        now = self._loop.time()
        holders: dict[Link, Holder] = {}
        for connection in self._connections.values():
            link = connection.link
            if link is not None and link.outbox:
                holders[link] = self._holders.get(link) or Holder(connection, now)
        leaving = {link: holder for link, holder in self._holders.items() if not holder.connection}
        self._holders = holders | leaving
        self._recount(now)

    def _recount(self, now: float) -> None:
        due = now - self._budget.patience
        self.held = self.outboxes = 0
        for link, holder in list(self._holders.items()):
            if not holder.see(link, now):
                del self._holders[link]
            holder.counted = holder.bytes if holder.since <= due else 0
            self.held += holder.counted
            self.outboxes += holder.bytes

    def _let_go(self, link: Link) -> None:
        holder = self._holders.pop(link, None)
        if holder is not None:
            self.held -= holder.counted
            self.outboxes -= holder.bytes

    def _tick(self) -> None:
        start = self._loop.time()
        pause = LOOK
        try:
            self.look()
            # Shedding does not count, and no look blinds it for long: by the clock a process that
            # was not given the processor has looked for just as long as one with many to look at.
            pause = min(LONGEST, max(LOOK, EASE * (self._loop.time() - start)))
            self.settle()  # also if it was in vain before: more may be offered, or older, by now
        finally:
            self._ticking = bool(self._connections or self._holders) and self.alive
            if self._ticking:
                self._loop.call_later(pause, self._tick)

    # -- the limit -----------------------------------------------------------------------------

    def grown(self) -> None:
        """The account has passed its mark."""
        self.settle()
        self._again = self.short

    def passed(self) -> None:
        """A pass is over: what it offered may go now."""
        if self._again or self.account.kept > self.account.mark:
            self._again = False
            self.settle()

    def settle(self, woken: bool = False) -> None:
        """Shed until all fits, if it does not. Never called from within a slice of a pass."""
        limit = self._budget.limit
        if limit is None or self._busy:
            return
        low = limit - limit // STEP
        if self._budget.used > (low if woken else limit):
            self._busy = True
            try:
                self._relieve(low, limit // SPARED)
            finally:
                self._busy = False
            if not woken and self._budget.used > low:
                self._wake_others()
        self.short = self._budget.used > limit
        self._report.write(limit, self._budget.used, self._loop.time())
        self._budget.divide()

    def _wake_others(self) -> None:
        for share in self._budget.shares:
            if share is not self:
                with suppress(RuntimeError):  # its loop has been closed meanwhile
                    share._loop.call_soon_threadsafe(partial(share.settle, True))

    # -- what goes -----------------------------------------------------------------------------

    def _relieve(self, low: int, spared: int) -> None:
        for channel in self._channels.values():
            channel.drop_rendered()
        self._recount(self._loop.time())
        self._shed_largest(low, spared)
        goal = self._goal(low)

        def over() -> int:
            return self._budget.used - goal

        trim = (self._trim_idle, self._trim_read)
        for step in (*trim, self._shed_slowest, self._shorten_folds, self._drop_idle):
            if over() <= 0:
                return
            step(over)

    def _goal(self, low: int) -> int:
        """What to bring the sum down to: other loops shed the slow that they have, and give their
        part of the rest."""
        shares, used = self._budget.shares, self._budget.used
        kept = sum(share.account.kept for share in shares)
        excess = used - low - (self._budget.held - self.held)
        return used - excess * self.account.kept // kept if kept else low

    def _shed_largest(self, low: int, spared: int) -> None:
        now = self._loop.time()
        due = [link for link, holder in self._holders.items() if holder.counted]
        due.sort(key=lambda link: self._holders[link].weight(link, now), reverse=True)
        for link in due:
            if self._budget.used <= low or self._budget.held <= spared:
                return
            self._shed(link)

    def _trim_idle(self, over: Over) -> None:
        trim_rings(filter(idle, self._channels.values()), over, self._lost)

    def _trim_read(self, over: Over) -> None:
        read = (channel for channel in self._channels.values() if not lagged(channel))
        trim_rings(read, over, self._lost)

    def _shorten_folds(self, over: Over) -> None:
        unread = (channel for channel in self._channels.values() if not channel.behind)
        trim_folds(unread, over, self._lost)

    def _shed_slowest(self, over: Over) -> None:
        due = [link for link, holder in self._holders.items() if holder.counted]
        for link in sorted(due, key=lambda link: self._holders[link].since):
            if over() <= 0:
                return
            holder = self._holders.get(link)
            behind = holder.connection.behind if holder and holder.connection else ()
            pinned = [subscription.channel for subscription in behind]
            self._shed(link)
            trim_rings([channel for channel in pinned if not lagged(channel)], over, self._lost)

    def _shed(self, link: Link) -> None:
        holder = self._holders.get(link)
        if holder is None:  # another's end was its end, too
            return
        if holder.connection is None:  # it was told to close, and has not
            link.abort()
        else:
            self.shed += 1
            self._report.closed(holder.connection.id, holder.bytes)
            self._end(holder.connection)
        self._let_go(link)

    def _drop_idle(self, over: Over) -> None:
        for channel in sorted(self._idle(), key=lambda channel: channel.log.newest_time):
            if over() <= 0:
                return
            self._lost(channel, len(channel.log))
            self._drop(channel)

    def _idle(self) -> Iterable[Channel]:
        for channel in self._channels.values():
            if idle(channel) and not channel.pinned and channel.settled == channel.log.head:
                yield channel

    def _lost(self, channel: Channel, publications: int) -> None:
        if publications:
            self.trimmed += publications
            self._report.lost(channel.name, publications)
