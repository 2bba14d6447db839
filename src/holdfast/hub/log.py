"""The log of a channel: a bounded ring of publications, and the fold of what the ring evicted."""

from collections.abc import Sequence

import msgspec

from holdfast.backplane.port import Publication
from holdfast.hub.fold import Fold


class Ring(msgspec.Struct, frozen=True):
    """The bounds of a ring: ``count`` publications and ``bytes`` of data, whichever comes first."""

    count: int = 1024
    bytes: int = 1 << 20


class Log:
    """Publications ``tail`` to ``head``, both inclusive; ``tail > head`` when it is empty.

    A list with a moving start, not a ``deque``: laggards read slices from the middle.
    """

    __slots__ = ("_items", "_start", "bounds", "bytes", "epoch", "fold", "head", "written")

    def __init__(self, epoch: str, head: int, bounds: Ring, fold: Fold | None = None) -> None:
        self.epoch = epoch
        self.head = head
        self.bounds = bounds
        self.fold = fold
        self.bytes = 0
        self.written = 0  # bytes ever appended
        self._items: list[Publication] = []
        self._start = 0  # items before it are evicted and wait for the next compaction

    def __len__(self) -> int:
        return len(self._items) - self._start

    @property
    def tail(self) -> int:
        """Offset of the oldest publication in the ring."""
        return self.head - len(self) + 1

    @property
    def oldest(self) -> int:
        """Offset of the oldest publication that a reader can still be given, fold included."""
        return self.tail if self.fold is None else min(self.fold.oldest(self.tail), self.tail)

    def append(self, publication: Publication) -> None:
        """Add the next publication, evicting from the tail what no longer fits."""
        self._items.append(publication)
        self.head = publication.offset
        self.bytes += publication.size
        self.written += publication.size
        while len(self) > 1 and (len(self) > self.bounds.count or self.bytes > self.bounds.bytes):
            self._evict()
        if self._start > 64 and self._start * 2 > len(self._items):
            del self._items[: self._start]
            self._start = 0

    def expire(self, before: float, upto: int) -> None:
        """Evict publications older than ``before`` (seconds since 1970), at most ``upto``."""
        while self.tail <= min(upto, self.head) and self._items[self._start].time < before:
            self._evict()

    def tail_after(self, size: int) -> int:
        """What ``tail`` will be once a publication of that ``size`` has been appended."""
        count, used = len(self) + 1, self.bytes + size
        index = self._start
        while count > 1 and (count > self.bounds.count or used > self.bounds.bytes):
            used -= self._items[index].size
            index += 1
            count -= 1
        return self.head + 2 - count

    def read(self, after: int, upto: int) -> Sequence[Publication]:
        """The publications ``after < offset <= upto`` that the ring still has."""
        base = self.tail - self._start
        return self._items[max(after + 1, self.tail) - base : upto + 1 - base]

    def _evict(self) -> None:
        old = self._items[self._start]
        self._items[self._start] = _EVICTED  # let go of the data now
        self._start += 1
        self.bytes -= old.size
        if self.fold is not None:
            self.fold.add(old)


_EVICTED = Publication(0, b"")
