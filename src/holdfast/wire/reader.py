"""Frames from the peer: bytes in, events out (RFC 6455 section 5)."""

import sys

from holdfast.wire.assembly import ENDED, Assembly, Ended
from holdfast.wire.deflate import Deflate
from holdfast.wire.events import Event, Failed
from holdfast.wire.mask import apply_mask
from holdfast.wire.violation import Violation

UNLIMITED = sys.maxsize - 1  # bytes: one more must still be a size, for zlib


class Reader:
    """Reads the frames of one connection. Takes under 200 bytes while nothing is incomplete."""

    __slots__ = ("_deflated", "_limit", "_state")

    def __init__(self, max_size: int | None, deflate: Deflate | None = None) -> None:
        self.max_size = max_size
        self._deflated = deflate is not None
        self._state: Assembly | Ended | None = None  # None: at the start of a message

    @property
    def max_size(self) -> int | None:
        """Bytes of the largest message, inflated; None for no limit."""
        return None if self._limit == UNLIMITED else self._limit

    @max_size.setter
    def max_size(self, size: int | None) -> None:
        self._limit = UNLIMITED if size is None else min(size, UNLIMITED)

    def feed(self, data: bytes) -> list[Event]:
        """Read what arrived. Never raises; after a Close or Failed it returns nothing.

        Most reads are one short message. That case stands here in full, because each call would
        cost a tenth of it; whatever is unusual about one, bad text included, is left to the rest.
        """
        if self._state is None:
            size = len(data)
            if size < 132:
                start = 6 if size > 5 and data[1] == size + 122 else 0
            else:
                start = 8 if data[1] == 254 and data[2] << 8 | data[3] == size - 8 > 125 else 0
            if start and size - start <= self._limit:
                if data[0] == 0x81:
                    try:
                        return [apply_mask(data[start:], data[start - 4 : start]).decode()]
                    except UnicodeDecodeError:
                        pass
                elif data[0] == 0x82:
                    return [apply_mask(data[start:], data[start - 4 : start])]
        return self._read(data)

    def _read(self, data: bytes) -> list[Event]:
        state = self._state or Assembly(self._deflated)
        events: list[Event] = []
        try:
            self._state = state.read(data, self._limit, events)
        except Violation as violation:
            self._state = ENDED
            events.append(Failed(violation.code, violation.reason))
        return events
