"""What a reader takes: memory while idle and under hostile fragments, time that stays linear."""

from __future__ import annotations

import sys
import tracemalloc
from collections.abc import Iterator
from time import process_time

import pytest

from holdfast.wire import Reader
from tests.wire.support import BINARY, CONTINUATION, DEFLATED, LIMIT, TEXT, events_of, frame

IDLE = 200  # bytes
MIB = 1 << 20


def size_of(reader: Reader) -> int:
    """The reader and what it alone holds."""
    held = [getattr(reader, name) for name in Reader.__slots__]
    return sys.getsizeof(reader) + sum(sys.getsizeof(one) for one in held if one is not None)


@pytest.mark.parametrize("deflate", [None, DEFLATED])
def test_an_idle_reader_is_small_before_and_after_use(deflate: object) -> None:
    reader = Reader(LIMIT, deflate and DEFLATED)
    assert size_of(reader) <= IDLE
    data = frame(TEXT, bytes(5000), first=0) + frame(9) + frame(CONTINUATION, bytes(100_000))
    for at in range(0, len(data), 1000):
        reader.feed(data[at : at + 1000])
    assert size_of(reader) <= IDLE
    assert not hasattr(reader, "__dict__")


def peak_of(parts: Iterator[bytes], reader: Reader) -> tuple[int, int]:
    """The length of the one message in these reads, and the most memory that it took, in bytes."""
    tracemalloc.start()
    events = [event for part in parts for event in reader.feed(part)]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    message = events.pop()
    assert not events
    assert isinstance(message, str | bytes)
    return len(message), peak


def tiny_fragments(opcode: int, count: int, payload: bytes) -> Iterator[bytes]:
    """Reads of a message in ``count`` fragments and a last one."""
    yield frame(opcode, payload, first=0)
    for _ in range(count // 1000):
        yield frame(CONTINUATION, payload, first=0) * 1000
    yield frame(CONTINUATION)


@pytest.mark.parametrize("opcode", [TEXT, BINARY])
def test_5_4_many_tiny_fragments_take_no_more_than_their_message(opcode: int) -> None:
    size, peak = peak_of(tiny_fragments(opcode, 32_000, b"a"), Reader(MIB))
    assert size == 32_001
    assert peak < 4 * size


def test_5_4_empty_fragments_take_nothing() -> None:
    size, peak = peak_of(tiny_fragments(TEXT, 50_000, b""), Reader(0))
    assert size == 0
    assert peak < 50_000


def test_a_frame_in_many_reads_is_copied_a_fixed_number_of_times() -> None:
    data = frame(BINARY, bytes(16 * MIB))
    parts = (data[at : at + 65536] for at in range(0, len(data), 65536))
    size, peak = peak_of(parts, Reader(None))
    assert size == 16 * MIB
    assert peak < 3 * 16 * MIB


def seconds_for(megabytes: int, fragment: int, read: int) -> float:
    """CPU time for one text in fragments of so many bytes, read in pieces of so many."""
    count = megabytes * MIB // fragment
    middle = frame(CONTINUATION, "€".encode() * (fragment // 3) + bytes(fragment % 3), first=0)
    data = frame(TEXT, first=0) + middle * count + frame(CONTINUATION)
    reader, began = Reader(None), process_time()
    events = [
        event for at in range(0, len(data), read) for event in reader.feed(data[at : at + read])
    ]
    assert len(events) == 1
    return process_time() - began


@pytest.mark.parametrize(("fragment", "read"), [(64, 65536), (64, 70), (1 << 20, 4096)])
def test_time_grows_with_the_length_of_the_message_and_no_faster(fragment: int, read: int) -> None:
    small = min(seconds_for(1, fragment, read) for _ in range(3))
    assert min(seconds_for(8, fragment, read) for _ in range(2)) < 8 * small * 2.5


def test_many_frames_in_one_read_are_all_told() -> None:
    assert events_of(frame(TEXT, b"a") * 10_000) == ["a"] * 10_000
