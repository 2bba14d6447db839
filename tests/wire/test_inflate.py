"""RFC 7692 section 7.2.2: compressed messages from the peer, the hostile ones above all."""

from __future__ import annotations

import random
import tracemalloc
import zlib

import pytest

from holdfast.wire import Close, Event, Failed, Ping, Reader
from tests.wire.support import (
    BINARY,
    CONTINUATION,
    DEFLATED,
    FIN,
    LIMIT,
    RSV1,
    TEXT,
    code_of,
    events_of,
    failed_after,
    fragments,
    frame,
    in_bytes,
)

pytestmark = pytest.mark.newest

FLAGS = FIN | RSV1

# The examples of section 7.2.3.
HELLO = bytes.fromhex("f248cdc9c90700")
STORED = bytes.fromhex("000500faff48656c6c6f00")
FINAL = bytes.fromhex("f348cdc9c9070000")
TWO_BLOCKS = bytes.fromhex("f248050000 00ffffcac9c90700")


def compress(data: bytes, bits: int = 15, level: int = 9) -> bytes:
    stream = zlib.compressobj(level, zlib.DEFLATED, -bits)
    return (stream.compress(data) + stream.flush(zlib.Z_SYNC_FLUSH))[:-4]


def read(payload: bytes, *, opcode: int = TEXT, limit: int | None = LIMIT) -> list[Event]:
    """What a compressed message with this payload is, however it arrives."""
    data = frame(opcode, payload, first=FLAGS)
    events = events_of(data, limit=limit, deflate=DEFLATED)
    if len(data) < 10_000:
        cut = b"".join(
            fragments(
                *(payload[at : at + 1] for at in range(len(payload))), b"", opcode=opcode, bits=RSV1
            )
        )
        assert in_bytes(data, Reader(limit, DEFLATED)) == events
        assert events_of(cut, limit=limit, deflate=DEFLATED) == events
    return events


@pytest.mark.parametrize("payload", [HELLO, STORED, FINAL, TWO_BLOCKS])
def test_7_2_3_the_examples(payload: bytes) -> None:
    assert read(payload) == ["Hello"]
    assert read(payload, opcode=BINARY) == [b"Hello"]


def test_7_2_3_1_the_example_in_fragments() -> None:
    data = bytes.fromhex("4183") + bytes(4) + bytes.fromhex("f248cd")
    rest = bytes.fromhex("8084") + bytes(4) + bytes.fromhex("c9c90700")
    assert events_of(data + frame(9) + rest, deflate=DEFLATED) == [Ping(b""), "Hello"]


def test_7_2_3_2_no_context_is_taken_over() -> None:
    second = bytes.fromhex("f200110000")  # "Hello" again, as a reference to the first one
    reader = Reader(LIMIT, DEFLATED)
    assert reader.feed(frame(TEXT, HELLO, first=FLAGS)) == ["Hello"]
    assert code_of(reader.feed(frame(TEXT, second, first=FLAGS))) == 1007


def test_7_2_3_6_an_empty_message() -> None:
    assert read(b"\x00") == [""]
    assert read(b"\x02\x00") == [""]
    assert read(b"") == [""]


def test_6_a_message_may_go_uncompressed() -> None:
    data = frame(TEXT, b"plain") + frame(TEXT, HELLO, first=FLAGS) + frame(BINARY, HELLO)
    assert events_of(data, deflate=DEFLATED) == ["plain", "Hello", HELLO]


@pytest.mark.parametrize("bits", range(9, 16))
@pytest.mark.parametrize("level", [0, 1, 6, 9])
def test_7_1_2_2_every_window_of_the_peer(bits: int, level: int) -> None:
    numbers = random.Random(bits)
    text = "".join(numbers.choice(("alpha ", "βῆτα ", "💬 ")) for _ in range(20_000))
    assert read(compress(text.encode(), bits, level)) == [text]


# --- limits


def test_10_4_the_limit_counts_inflated_bytes() -> None:
    payload = compress(bytes(1000))
    assert read(payload, limit=1000) == ["\0" * 1000]
    assert read(payload, limit=999) == [Failed(1009, "message too big")]


def test_10_4_a_compressed_frame_may_be_longer_than_what_it_holds() -> None:
    assert read(STORED, limit=5) == ["Hello"]
    assert code_of(read(STORED, limit=4)) == 1009


def test_10_4_the_limit_holds_across_fragments() -> None:
    payload = compress(bytes(range(256)) * 40)
    parts = fragments(payload[:300], payload[300:], opcode=BINARY, bits=RSV1)
    assert events_of(b"".join(parts), limit=10_240, deflate=DEFLATED) == [bytes(range(256)) * 40]
    assert code_of(events_of(b"".join(parts), limit=10_239, deflate=DEFLATED)) == 1009


def test_10_4_a_message_that_has_begun_may_meet_a_lower_limit() -> None:
    payload = compress(bytes(1000))
    reader = Reader(LIMIT, DEFLATED)
    assert reader.feed(frame(BINARY, payload[:-2], first=RSV1)) == []
    reader.max_size = 10
    assert code_of(reader.feed(frame(CONTINUATION, payload[-2:]))) == 1009


def test_10_4_a_bomb_is_inflated_no_further_than_the_limit() -> None:
    bomb = frame(BINARY, compress(bytes(100 << 20)), first=FLAGS)
    assert len(bomb) < 1 << 17
    for parts in ([bomb], [bomb[at : at + 1000] for at in range(0, len(bomb), 1000)]):
        reader = Reader(LIMIT, DEFLATED)
        tracemalloc.start()
        events = [event for part in parts for event in reader.feed(part)]
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert code_of(events) == 1009
        assert peak < 4 * LIMIT


def test_10_4_without_a_limit_all_is_inflated() -> None:
    assert read(compress(bytes(5 << 20)), opcode=BINARY, limit=None) == [bytes(5 << 20)]


def test_blocks_that_end_their_stream_may_follow_each_other_but_not_for_ever() -> None:
    last = bytes.fromhex("f348cdc9c90700")  # "Hello" in a final block
    assert read(last * 3 + b"\x00") == ["Hello" * 3]
    empty = b"\x03\x00"  # a final block of nothing
    assert read(empty * 60 + b"\x00") == [""]
    assert code_of(read(empty * 600 + b"\x00")) == 1009
    many = frame(BINARY, empty * (1 << 19) + b"\x00", first=FLAGS)
    assert code_of(events_of(many, limit=None, deflate=DEFLATED)) == 1009


# --- corrupt data: 1007 (RFC 6455 section 7.4.1)


@pytest.mark.parametrize(
    "payload",
    [
        b"\x07",  # block type 3 does not exist
        b"\x00\x05\x00\x00\x00Hello\x00",  # the length and its complement differ
        b"\x02",  # ends within the header of a block
        b"\xff" * 20,
        HELLO[:-1],  # nothing after the block
        HELLO[:-3],  # ends within a block
        HELLO + b"\x00\x00\xff\xff",  # with the octets that are to be cut off
        FINAL[:-1],  # a final block with nothing after it (section 7.2.3.4)
        FINAL[:-2],  # a final block that the octets cut off would end
        FINAL + b"\x01",
        zlib.compress(b"Hello"),  # with a header of zlib
    ],
)
def test_7_2_2_corrupt_data_is_refused(payload: bytes) -> None:
    assert read(payload) == [Failed(1007, "compressed data is corrupt")]


def test_7_2_2_a_message_that_is_cut_off_is_refused() -> None:
    text = "".join(random.Random(1).choices("abcdefgh ", k=400))
    payload = compress(text.encode())
    for end in range(1, len(payload)):
        assert code_of(read(payload[:end])) == 1007


def test_7_2_2_corrupt_data_fails_as_soon_as_it_shows() -> None:
    data = frame(TEXT, STORED[:5] + b"\x00" * 100, first=FLAGS)
    bad = frame(TEXT, b"\x07" + bytes(1000), first=FLAGS)
    assert Reader(LIMIT, DEFLATED).feed(data[:12]) == []
    assert code_of(Reader(LIMIT, DEFLATED).feed(bad[:9])) == 1007


def test_8_1_inflated_text_fails_at_its_first_bad_octet() -> None:
    text = b"ok \xed\xa0" + bytes(100)
    data = frame(TEXT, compress(text, level=0), first=FLAGS)  # stored: octet by octet the same
    read_bytes, events = failed_after(data, Reader(LIMIT, DEFLATED))
    assert code_of(events) == 1007
    assert read_bytes == 6 + 5 + 5  # the frame's head, the block's header, the text
    assert code_of(events_of(data, deflate=DEFLATED)) == 1007
    assert code_of(read(compress(b"\xe2\x82"))) == 1007


def test_1007_and_1009_come_in_the_order_of_the_octets() -> None:
    assert code_of(read(compress(b"\xff" + bytes(100), level=0), limit=50)) == 1007
    assert code_of(read(compress(bytes(100) + b"\xff", level=0), limit=50)) == 1009


def test_a_close_frame_within_a_compressed_message() -> None:
    data = frame(TEXT, HELLO[:3], first=RSV1) + frame(8, b"\x03\xe8") + frame(0, HELLO[3:])
    assert events_of(data, deflate=DEFLATED) == [Close(1000)]


@pytest.mark.parametrize("seed", range(20))
def test_damaged_data_never_raises(seed: int) -> None:
    numbers = random.Random(seed)
    payload = bytearray(compress("".join(numbers.choices("abc€ ", k=300)).encode()))
    for _ in range(200):
        payload[numbers.randrange(len(payload))] = numbers.randrange(256)
        events = events_of(frame(TEXT, bytes(payload), first=FLAGS), limit=900, deflate=DEFLATED)
        assert len(events) == 1
        assert isinstance(events[0], str) or code_of(events) in (1007, 1009)
