"""What the tests of the wire share: streams of frames, and ways to feed them."""

from __future__ import annotations

from collections.abc import Iterable

from holdfast.testing.frames import BINARY, CONTINUATION, FIN, RSV1, TEXT, frame
from holdfast.wire import Deflate, Event, Failed, Reader

LIMIT = 1 << 20

MASK = b"\x37\xfa\x21\x3d"  # of the examples in RFC 6455 section 5.7

DEFLATED = Deflate()


def events_of(
    data: bytes, *, limit: int | None = LIMIT, deflate: Deflate | None = None
) -> list[Event]:
    """Everything that one read of these bytes tells."""
    return Reader(limit, deflate).feed(data)


def in_parts(parts: Iterable[bytes], reader: Reader) -> list[Event]:
    """Feed parts, with reads of nothing between them."""
    return [event for part in parts for one in (b"", part) for event in reader.feed(one)]


def in_bytes(data: bytes, reader: Reader) -> list[Event]:
    return in_parts((data[at : at + 1] for at in range(len(data))), reader)


def failed_after(data: bytes, reader: Reader) -> tuple[int, list[Event]]:
    """How many bytes, fed one by one, it takes until the reader fails, and what it told."""
    events: list[Event] = []
    for at in range(len(data)):
        events += reader.feed(data[at : at + 1])
        if events and isinstance(events[-1], Failed):
            return at + 1, events
    raise AssertionError(f"did not fail: {events!r}")


def code_of(events: list[Event]) -> int:
    """The code of the failure that ends these events."""
    last = events[-1]
    assert isinstance(last, Failed), events
    assert 0 < len(last.reason.encode()) <= 123
    return last.code


def fragments(*payloads: bytes, opcode: int = TEXT, bits: int = 0) -> list[bytes]:
    """The frames of one message."""
    last = len(payloads) - 1
    return [
        frame(
            CONTINUATION if at else opcode,
            payload,
            first=(FIN if at == last else 0) | (0 if at else bits),
        )
        for at, payload in enumerate(payloads)
    ]


def head(first: int, *length: int, mask: bytes = MASK) -> bytes:
    """A head of a client's frame with its length octets as given."""
    return bytes([first, *length]) + mask


__all__ = [
    "BINARY",
    "CONTINUATION",
    "DEFLATED",
    "FIN",
    "LIMIT",
    "MASK",
    "RSV1",
    "TEXT",
    "code_of",
    "events_of",
    "failed_after",
    "fragments",
    "frame",
    "head",
    "in_bytes",
    "in_parts",
]
