"""What channels give up when the memory budget is used up, and how that is told."""

import logging
from collections.abc import Callable, Iterable
from heapq import heapify, heappop, heappush

from holdfast.hub.channel import Channel
from holdfast.hub.overflow import latest

PIECE = 16 * 1024  # bytes of one channel, before the channel with the oldest is looked for again
REPORT = 60.0  # seconds between two log lines
NAMES = 5  # that a log line spells out

Over = Callable[[], int]
"""How many bytes are still too many; none when it fits."""

Lost = Callable[[Channel, int], None]
"""Told of the publications that a channel has lost."""

logger = logging.getLogger("holdfast")


def idle(channel: Channel) -> bool:
    """Whether nobody subscribes to it."""
    return not channel.head and not channel.behind


def lagged(channel: Channel) -> bool:
    """Whether somebody would miss what is trimmed: who wants the latest only would not."""
    return bool(channel.behind) and any(s.policy is not latest for s in channel.behind)


def trim_rings(channels: Iterable[Channel], over: Over, lost: Lost) -> None:
    """Take the oldest publications of them all, whichever channel they are of."""
    more = (channel for channel in channels if channel.log.tail < channel.settled)
    heap = [(channel.log.oldest_time, number, channel) for number, channel in enumerate(more)]
    heapify(heap)
    while heap and (size := over()) > 0:
        _, number, channel = heappop(heap)
        tail = channel.log.tail
        lost(channel, _trim(channel, min(size, PIECE)))
        if channel.log.tail > tail:
            heappush(heap, (channel.log.oldest_time, number, channel))


def _trim(channel: Channel, size: int) -> int:
    """Not what was not offered yet, and not the newest publication that was."""
    return channel.log.trim(channel.settled - 1, size)


def trim_folds(channels: Iterable[Channel], over: Over, lost: Lost) -> None:
    """Shorten folds, those that nobody reads first, then those that were fed longest ago."""
    folding = [channel for channel in channels if channel.log.fold is not None]
    folding.sort(key=lambda channel: (not idle(channel), channel.log.newest_time))
    for channel in folding:
        if (size := over()) <= 0:
            return
        lost(channel, channel.log.trim_fold(size))


class Report:
    """Gathers what was shed, and says it in one log line a minute."""

    def __init__(self) -> None:
        self._closed: list[str] = []
        self._held = 0
        self._channels: dict[str, int] = {}
        self._next = 0.0

    def closed(self, connection: str, held: int) -> None:
        """A connection was closed that held so many bytes."""
        self._closed.append(connection)
        self._held += held

    def lost(self, channel: str, publications: int) -> None:
        """A channel has lost publications that it would have kept."""
        self._channels[channel] = self._channels.get(channel, 0) + publications

    def write(self, limit: int, used: int, now: float) -> None:
        """Log what was gathered, unless the last line is too young; ``now`` is on any clock."""
        in_vain = used > limit
        if now < self._next or not (self._closed or self._channels or in_vain):
            return
        self._next = now + REPORT
        parts = [*self._losses(), *([f"{size_text(used - limit)} too much is left"] * in_vain)]
        logger.warning(
            "the memory budget of %s is used up: %s. Raise Limits(memory=...), or let channels "
            "keep less (ring=, history=, fold_bytes=)",
            size_text(limit),
            "; ".join(parts),
        )
        self._closed, self._channels, self._held = [], {}, 0

    def _losses(self) -> Iterable[str]:
        if self._closed:
            count, names = f"{len(self._closed):,}", some(self._closed)
            yield f"slow connections closed: {count}, which held {size_text(self._held)} ({names})"
        if self._channels:
            count, names = f"{sum(self._channels.values()):,}", some([*map(repr, self._channels)])
            yield (
                f"publications taken from what channels keep: {count} ({names}), who resumes "
                "before them is told of a gap"
            )


def some(names: list[str]) -> str:
    """The first few of the names, and how many more there are."""
    more = len(names) - NAMES
    return ", ".join(names[:NAMES]) + (f" and {more} more" if more > 0 else "")


def size_text(size: int) -> str:
    """Bytes as a person reads them."""
    return f"{size / 2**20:,.1f} MiB" if size >= 2**20 else f"{size / 2**10:,.1f} KiB"
