"""The log of a channel: a bounded ring of publications, and the fold of what the ring evicted."""

from collections.abc import Sequence
from typing import cast

import msgspec

from holdfast.backplane.port import Position, Publication
from holdfast.hub.account import ENTRY, Account
from holdfast.hub.fold import Fold


class Ring(msgspec.Struct, frozen=True):
    """The bounds of a ring: ``count`` publications and ``bytes`` of data, whichever comes first."""

    count: int = 1024
    bytes: int = 1 << 20


class Log:
    """Publications ``tail`` to ``head``, both inclusive; ``tail > head`` when it is empty.

    A list with a moving start, not a ``deque``: laggards read slices from the middle.
    """

    __slots__ = (
        "_items",
        "_start",
        "account",
        "before",
        "bounds",
        "bytes",
        "epoch",
        "fold",
        "head",
        "shortened",
        "tag",
        "written",
    )

    def __init__(
        self,
        start: Position,
        bounds: Ring,
        fold: Fold | None = None,
        account: Account | None = None,
    ) -> None:
        self.epoch = start.epoch
        self.head = start.offset
        self.tag = start.tag  # of the position at ``head``
        self.before = start.tag  # and of that before ``tail``
        self.bounds = bounds
        self.fold = fold
        self.account = account or Account()
        self.bytes = 0
        self.written = 0  # bytes ever appended
        self.shortened = False  # the memory budget took what the bounds would have kept
        self._items = _NO_ITEMS
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

    @property
    def footprint(self) -> int:
        """The bytes that it takes, which are those it has on the account."""
        folded = self.fold.footprint if self.fold is not None else 0
        return self.bytes + ENTRY * len(self) + folded

    @property
    def oldest_time(self) -> float:
        """When the oldest publication of the ring was published; infinite if there is none."""
        return self._items[self._start].time if len(self) else float("inf")

    @property
    def newest_time(self) -> float:
        """When the newest one was; 0 if there is none."""
        return self._items[-1].time if len(self) else 0.0

    def append(self, publication: Publication) -> None:
        """Add the next publication, evicting from the tail what no longer fits."""
        size = publication.size
        if self._items:
            self._items.append(publication)
        else:
            self._items = [publication]
        self.head = publication.offset
        self.tag = publication.tag
        self.bytes += size
        self.written += size
        self.account.kept += size + ENTRY
        if len(self) > self.bounds.count or self.bytes > self.bounds.bytes:
            self._make_room()

    def _make_room(self) -> None:
        while len(self) > 1 and (len(self) > self.bounds.count or self.bytes > self.bounds.bytes):
            self._evict()
        self._compact()

    def expire(self, before: float, upto: int) -> None:
        """Evict publications older than ``before`` (seconds since 1970), at most ``upto``."""
        while self.tail <= min(upto, self.head) and self._items[self._start].time < before:
            self._evict()
        self._compact()

    def trim(self, upto: int, size: int) -> int:
        """Evict ``size`` bytes or more, oldest first, at most up to the offset ``upto``.

        Returns how many publications are lost by it: none of those that a fold takes.
        """
        start, freed = self._start, 0
        end = start + upto - self.tail + 1
        dropped = self.fold.dropped if self.fold is not None else 0
        while self._start < end and freed < size:
            freed += self._evict()
        count = self._start - start
        self._compact()
        self.shortened |= count > 0
        if self.fold is None:
            return count
        lost = self.fold.dropped - dropped
        self.fold.shortened |= lost > 0
        return lost

    def mark_shortened(self, shortened: bool) -> None:
        """Say whether the memory budget took what its bounds, and its fold's, would have kept."""
        self.shortened = shortened
        if self.fold is not None:
            self.fold.shortened = shortened

    def trim_fold(self, size: int) -> int:
        """Shorten the fold by ``size`` bytes or more; returns how many publications are lost."""
        if self.fold is None:
            return 0
        before = self.fold.footprint
        count = self.fold.shorten(size)
        self.account.kept += self.fold.footprint - before
        return count

    def discard(self) -> None:
        """Nobody will read it again: take it off the account."""
        self.account.kept -= self.footprint
        self.account = Account()

    def tail_after(self, size: int) -> int:
        """What ``tail`` will be once a publication of that ``size`` has been appended."""
        count, used = len(self) + 1, self.bytes + size
        index = self._start
        while count > 1 and (count > self.bounds.count or used > self.bounds.bytes):
            used -= self._items[index].size
            index += 1
            count -= 1
        return self.head + 2 - count

    def continues(self, position: Position, oldest: int) -> bool:
        """Whether all that came after that position is here, of which ``oldest`` is the first."""
        here = position.epoch == self.epoch != "" and oldest - 1 <= position.offset <= self.head
        return here and position.tag in ("", self.tag_at(position.offset))

    def tag_at(self, offset: int) -> str | None:
        """The tag of that position; None where it is no longer known, or not yet."""
        if offset == self.head:
            return self.tag
        if offset == self.tail - 1:
            return self.before
        inside = self.tail <= offset < self.head
        return self.read(offset - 1, offset)[0].tag if inside else None

    def read(self, after: int, upto: int) -> Sequence[Publication]:
        """The publications ``after < offset <= upto`` that the ring still has."""
        base = self.head + 1 - len(self._items)  # the offset of the first item
        return self._items[max(after + 1 - base, self._start) : upto + 1 - base]

    def _evict(self) -> int:
        """Let the oldest publication go; returns the bytes that it took."""
        old = self._items[self._start]
        self.before = old.tag
        self._items[self._start] = _EVICTED  # let go of the data now
        self._start += 1
        size = old.size
        self.bytes -= size
        size += ENTRY
        self.account.kept -= size
        self.shortened = False
        if self.fold is not None:
            before = self.fold.footprint
            self.fold.add(old)
            self.account.kept += self.fold.footprint - before
        return size

    def _compact(self) -> None:
        if self._start > 64 and self._start * 2 > len(self._items):
            del self._items[: self._start]
            self._start = 0


_EVICTED = Publication(0, b"")
_NO_ITEMS = cast("list[Publication]", ())  # an idle channel needs no list of its own
