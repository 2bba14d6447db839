"""What the ring evicted, in a shape that still helps: joined text, or the last one per key."""

from typing import Protocol

from holdfast.backplane.port import Publication, size_of
from holdfast.hub.account import KEYED


class Fold(Protocol):
    """Keeps evicted publications, bounded by bytes. Fed in offset order."""

    footprint: int
    """The bytes that it takes."""

    dropped: int
    """Publications that its bound, or ``shorten``, took. Not those that a newer one replaced."""

    shortened: bool
    """Whether the memory budget took what its bound would have kept."""

    def add(self, publication: Publication) -> None:
        """Take what the ring has just evicted."""

    def oldest(self, tail: int) -> int:
        """The first offset from which nothing is lost, given the ring's ``tail``."""

    def read(self, after: int) -> list[Publication]:
        """What is kept of the publications after that offset, in offset order."""

    def shorten(self, size: int) -> int:
        """Drop ``size`` bytes or more, oldest first; returns how many publications that were."""


class Concat:
    """Joined text. A reader at any offset still inside gets exactly the text after it.

    It is cut at its beginning only, between two publications: never a piece out of its middle.
    """

    __slots__ = ("_first", "_limit", "_parts", "dropped", "footprint", "shortened")

    def __init__(self, limit: int) -> None:
        self.footprint = 0
        self.dropped = 0
        self.shortened = False
        self._limit = limit
        self._first = 0  # the offset of the first part
        self._parts: list[str] = []  # one per offset: joined only for a reader

    def add(self, publication: Publication) -> None:
        if not self._parts:
            self._first = publication.offset
        text = text_of(publication)
        self._parts.append(text)
        self.footprint += size_of(text)
        if self.footprint > self._limit + self._limit // 4:  # so that trimming is amortised
            if self._drop(self.footprint - self._limit, len(self._parts) - 1):
                self.shortened = False

    def oldest(self, tail: int) -> int:
        return self._first if self._parts else tail

    def read(self, after: int) -> list[Publication]:
        last = self._first + len(self._parts) - 1
        if after >= last:
            return []
        return [Publication(last, "".join(self._parts[max(0, after - self._first + 1) :]))]

    def shorten(self, size: int) -> int:
        count = self._drop(size, len(self._parts))
        self.shortened |= count > 0
        return count

    def _drop(self, size: int, at_most: int) -> int:
        least, count = self.footprint - size, 0
        while self.footprint > least and count < at_most:
            self.footprint -= size_of(self._parts[count])
            count += 1
        del self._parts[:count]
        self._first += count
        self.dropped += count
        return count


class LatestByKey:
    """The last publication of each key; the longest unchanged key goes first."""

    __slots__ = ("_bytes", "_kept", "_limit", "dropped", "footprint", "shortened")

    def __init__(self, limit: int) -> None:
        self.footprint = 0
        self.dropped = 0
        self.shortened = False
        self._bytes = 0
        self._limit = limit
        self._kept: dict[str | None, Publication] = {}

    def add(self, publication: Publication) -> None:
        old = self._kept.pop(publication.key, None)  # reinserted last: insertion is offset order
        if old is not None:
            self._count(-1, old)
        self._kept[publication.key] = publication
        self._count(1, publication)
        while self._bytes > self._limit and len(self._kept) > 1:
            self._drop_first()
            self.shortened = False

    def oldest(self, tail: int) -> int:
        return next(iter(self._kept.values())).offset if self._kept else tail

    def read(self, after: int) -> list[Publication]:
        return [publication for publication in self._kept.values() if publication.offset > after]

    def shorten(self, size: int) -> int:
        least, before = self.footprint - size, self.dropped
        while self.footprint > least and self._kept:
            self._drop_first()
        self.shortened |= self.dropped > before
        return self.dropped - before

    def _drop_first(self) -> None:
        self._count(-1, self._kept.pop(next(iter(self._kept))))
        self.dropped += 1

    def _count(self, times: int, publication: Publication) -> None:
        size = publication.size
        self._bytes += times * size
        self.footprint += times * (size + KEYED)


def text_of(publication: Publication) -> str:
    """The data as text: JSON and UTF-8 bytes are read as such, a bad byte becomes U+FFFD."""
    data = publication.data
    return data if isinstance(data, str) else data.decode("utf-8", "replace")
