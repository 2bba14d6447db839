"""What of a peer's stream is incomplete: a head, a frame, a message."""

from __future__ import annotations

from holdfast.wire.codes import read_close
from holdfast.wire.events import Close, Event, Ping, Pong
from holdfast.wire.frames import (
    BINARY,
    CLOSE,
    COMPRESSED,
    CONTROL_LIMIT,
    FINAL,
    PING,
    PONG,
    TEXT,
)
from holdfast.wire.mask import apply_mask
from holdfast.wire.message import Binary, Compressed, Message, Text, not_utf8
from holdfast.wire.violation import Violation, broken, too_big

_CONTROL = 8  # this bit of the opcode; with others it is reserved

# First octets that may come next (RFC 6455 section 5.2): FIN, RSV1, opcode.
_CONTROLS = frozenset((0x88, 0x89, 0x8A))
_START = _CONTROLS | {0x01, 0x02, 0x81, 0x82}
_START_DEFLATED = _START | {0x41, 0x42, 0xC1, 0xC2}
_WITHIN = _CONTROLS | {0x00, 0x80}


class Ended:
    """The stream ended, by a close frame or a violation: nothing that follows counts."""

    __slots__ = ()

    def read(self, data: bytes, limit: int, events: list[Event]) -> Ended:
        """Read nothing."""
        return self


ENDED = Ended()


class Assembly:
    """Lives while something is incomplete.

    Each byte of a large frame is copied a fixed number of times, however the frame is cut.
    """

    __slots__ = ("_control", "_first", "_head", "_left", "_mask", "_message", "_start")

    def __init__(self, deflated: bool) -> None:
        self._start = _START_DEFLATED if deflated else _START
        self._head = b""  # of the frame to come, at most 13 bytes
        self._mask = b""  # of the frame that has begun, turned to its next byte; else empty
        self._first = 0  # its first octet
        self._left = 0  # bytes of its payload to come
        self._control = b""  # its payload so far, of a control frame
        self._message: Message | None = None  # the one that has begun

    def read(self, data: bytes, limit: int, events: list[Event]) -> Assembly | Ended | None:
        """Read on, adding to the events; returns the state, None if nothing is incomplete.

        Raises ``Violation``; the events before it are added then, too.
        """
        if self._head:
            data, self._head = self._head + data, b""
        at, end = 0, len(data)
        while at < end:
            if not self._mask:
                start = self._begin(data, at, limit)
                if not start:
                    self._head = data[at:]
                    return self
                at = start
            stop = at + self._left
            if stop > end:
                self._take_part(data[at:], limit)
                return self
            payload = apply_mask(data[at:stop], self._mask)
            self._mask = b""
            at = stop
            if self._first & _CONTROL:
                event: Event | None = self._control_event(payload)
            else:
                event = self._data_event(payload, limit)
            if event is not None:
                events.append(event)
                if type(event) is Close:
                    return ENDED
        return None if self._message is None and not self._mask else self

    def _begin(self, data: bytes, at: int, limit: int) -> int:
        """Read a head; returns where its payload starts, 0 if not all of the head is there.

        What is there of it is judged at once.
        """
        first = data[at]
        if first not in (self._start if self._message is None else _WITHIN):
            raise self._refused(first)
        if at + 1 == len(data):
            return 0
        size = data[at + 1] - 0x80
        if size < 0:
            raise broken("frame is not masked")
        start = at + 6
        if size > CONTROL_LIMIT:
            if first & _CONTROL:
                raise broken("control frame too long")
            start += 2 if size == 126 else 8
            if len(data) < start - 4:
                return 0
            size = _long_size(data[at + 2 : start - 4])
        if size > limit or self._message is not None:
            self._check_size(first, size, limit)
        if len(data) < start:
            return 0
        self._mask = data[start - 4 : start]
        self._first = first
        self._left = size
        return start

    def _refused(self, first: int) -> Violation:
        """Say what is wrong with a first octet."""
        opcode = first & 0x0F
        if 2 < opcode < 8 or opcode > PONG:
            return broken("reserved opcode")
        if opcode & _CONTROL:
            return broken("reserved bits set" if first & FINAL else "fragmented control frame")
        if opcode and self._message is not None:
            return broken("new message within a message")
        if not opcode and self._message is None:
            return broken("continuation of no message")
        return broken("reserved bits set")

    def _check_size(self, first: int, size: int, limit: int) -> None:
        """Refuse a message by the heads of its frames; a compressed one is measured inflated."""
        if first & _CONTROL:
            return
        message = self._message
        compressed = first & COMPRESSED if message is None else type(message) is Compressed
        if not compressed and size + (0 if message is None else len(message)) > limit:
            raise too_big()

    def _take_part(self, part: bytes, limit: int) -> None:
        """Take what is there of a frame's payload."""
        mask, turn = self._mask, len(part) & 3
        self._left -= len(part)
        self._mask = mask[turn:] + mask[:turn]
        part = apply_mask(part, mask)
        if self._first & _CONTROL:
            self._control += part
            return
        if self._message is None:
            self._message = _begun(self._first)
        self._message.add(part, limit)

    def _data_event(self, payload: bytes, limit: int) -> str | bytes | None:
        """The message, if this end of a frame ends it, too."""
        first, message = self._first, self._message
        if message is None:
            if first == FINAL | BINARY:
                return payload
            if first == FINAL | TEXT:
                return _decoded(payload)
            message = self._message = _begun(first)
        message.add(payload, limit)
        if not first & FINAL:
            return None
        self._message = None
        return message.finish()

    def _control_event(self, payload: bytes) -> Ping | Pong | Close:
        if self._control:
            payload, self._control = self._control + payload, b""
        opcode = self._first & 0x0F
        if opcode == CLOSE:
            return read_close(payload)
        return Ping(payload) if opcode == PING else Pong(payload)


def _begun(first: int) -> Message:
    """An empty message of the kind that its first octet says."""
    inner = Text() if first & 0x0F == TEXT else Binary()
    return Compressed(inner) if first & COMPRESSED else inner


def _decoded(payload: bytes) -> str:
    try:
        return payload.decode()
    except UnicodeDecodeError:
        raise not_utf8() from None


def _long_size(field: bytes) -> int:
    """The payload length in its 16 or 64-bit form (RFC 6455 section 5.2)."""
    size = int.from_bytes(field, "big")
    if size < 126 or (len(field) == 8 and size < 1 << 16):
        raise broken("length not in its shortest form")
    if size >> 63:
        raise broken("length above 63 bits")
    return size
