"""What the ring evicted, in a shape that still helps: joined text, or the last one per key."""

from typing import Protocol

from holdfast.backplane.port import OVERHEAD, Publication


class Fold(Protocol):
    """Keeps evicted publications, bounded by bytes. Fed in offset order."""

    def add(self, publication: Publication) -> None:
        """Take what the ring has just evicted."""

    def oldest(self, tail: int) -> int:
        """The first offset from which nothing is lost, given the ring's ``tail``."""

    def read(self, after: int) -> list[Publication]:
        """What is kept of the publications after that offset, in offset order."""


class Concat:
    """Joined text. A reader at any offset still inside gets exactly the text after it."""

    __slots__ = ("_first", "_limit", "_parts", "_size")

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._size = 0
        self._first = 0  # the offset of the first part
        self._parts: list[str] = []  # one per offset: joined only for a reader

    def add(self, publication: Publication) -> None:
        if not self._parts:
            self._first = publication.offset
        text = text_of(publication)
        self._parts.append(text)
        self._size += len(text) + OVERHEAD
        if self._size > self._limit + self._limit // 4:  # so that trimming is amortised
            self._trim()

    def oldest(self, tail: int) -> int:
        return self._first if self._parts else tail

    def read(self, after: int) -> list[Publication]:
        last = self._first + len(self._parts) - 1
        if after >= last:
            return []
        return [Publication(last, "".join(self._parts[max(0, after - self._first + 1) :]))]

    def _trim(self) -> None:
        drop = 0
        while self._size > self._limit and drop < len(self._parts) - 1:
            self._size -= len(self._parts[drop]) + OVERHEAD
            drop += 1
        del self._parts[:drop]
        self._first += drop


class LatestByKey:
    """The last publication of each key; the longest unchanged key goes first."""

    __slots__ = ("_bytes", "_kept", "_limit")

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._bytes = 0
        self._kept: dict[str | None, Publication] = {}

    def add(self, publication: Publication) -> None:
        old = self._kept.pop(publication.key, None)  # reinserted last: insertion is offset order
        if old is not None:
            self._bytes -= old.size
        self._kept[publication.key] = publication
        self._bytes += publication.size
        while self._bytes > self._limit and len(self._kept) > 1:
            self._bytes -= self._kept.pop(next(iter(self._kept))).size

    def oldest(self, tail: int) -> int:
        return next(iter(self._kept.values())).offset if self._kept else tail

    def read(self, after: int) -> list[Publication]:
        return [publication for publication in self._kept.values() if publication.offset > after]


def text_of(publication: Publication) -> str:
    """The data as text: JSON and UTF-8 bytes are read as such, a bad byte becomes U+FFFD."""
    data = publication.data
    return data if isinstance(data, str) else data.decode("utf-8", "replace")
