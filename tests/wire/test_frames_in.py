"""RFC 6455 section 5: frames from the peer, case by case."""

from __future__ import annotations

import pytest

from holdfast.testing.frames import GARBAGE, Garbage
from holdfast.wire import Close, Failed, Ping, Pong, Reader
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
    head,
    in_bytes,
)

pytestmark = pytest.mark.newest

CLOSE, PING, PONG = 8, 9, 10


# --- section 5.2: the head


def test_5_7_the_masked_example() -> None:
    assert events_of(bytes.fromhex("818537fa213d7f9f4d5158")) == ["Hello"]


@pytest.mark.parametrize("size", [0, 1, 5, 124, 125, 126, 127, 128, 129, 300, 65535, 65536, 70001])
@pytest.mark.parametrize("opcode", [TEXT, BINARY])
def test_5_2_every_form_of_the_length(size: int, opcode: int) -> None:
    payload = b"x" * size
    expected = payload.decode() if opcode == TEXT else payload
    data = frame(opcode, payload)
    assert events_of(data) == [expected]
    assert events_of(data + data) == [expected, expected]
    assert Reader(LIMIT).feed(data[:-1]) == []


def test_5_2_frames_that_follow_each_other_in_one_read() -> None:
    data = frame(TEXT, b"a") + frame(PING, b"b") + frame(BINARY, b"c") + frame(TEXT, "€".encode())
    assert events_of(data) == ["a", Ping(b"b"), b"c", "€"]


@pytest.mark.parametrize("bits", [0x10, 0x20, 0x30, 0x40, 0x50, 0x60, 0x70])
@pytest.mark.parametrize("opcode", [TEXT, BINARY, CLOSE, PING, PONG])
def test_5_2_reserved_bits_are_refused_at_the_first_octet(bits: int, opcode: int) -> None:
    assert events_of(bytes([FIN | bits | opcode])) == [Failed(1002, "reserved bits set")]


@pytest.mark.parametrize("bits", [0x10, 0x20, 0x30, 0x50, 0x60, 0x70])
@pytest.mark.parametrize("opcode", [TEXT, BINARY])
def test_5_2_other_reserved_bits_are_refused_with_deflate_too(bits: int, opcode: int) -> None:
    assert code_of(events_of(bytes([FIN | bits | opcode]), deflate=DEFLATED)) == 1002


@pytest.mark.parametrize("opcode", [CLOSE, PING, PONG])
def test_7692_6_1_a_control_frame_is_never_compressed(opcode: int) -> None:
    assert code_of(events_of(bytes([FIN | RSV1 | opcode]), deflate=DEFLATED)) == 1002


@pytest.mark.parametrize("bits", [RSV1, FIN | RSV1])
def test_7692_6_1_only_the_first_fragment_says_that_it_is_compressed(bits: int) -> None:
    data = frame(TEXT, b"\x00", first=RSV1) + bytes([bits | CONTINUATION])
    assert code_of(events_of(data, deflate=DEFLATED)) == 1002


@pytest.mark.parametrize("opcode", [3, 4, 5, 6, 7, 11, 12, 13, 14, 15])
@pytest.mark.parametrize("bits", [0, FIN, RSV1, FIN | RSV1])
def test_5_2_reserved_opcodes_are_refused_at_the_first_octet(opcode: int, bits: int) -> None:
    assert events_of(bytes([bits | opcode])) == [Failed(1002, "reserved opcode")]


@pytest.mark.parametrize("size", [0, 5, 126, 70000])
def test_5_1_an_unmasked_frame_is_refused_at_its_second_octet(size: int) -> None:
    data = frame(BINARY, bytes(size), mask=False)
    assert events_of(data) == [Failed(1002, "frame is not masked")]
    assert events_of(data[:2]) == [Failed(1002, "frame is not masked")]


@pytest.mark.parametrize(
    "length",
    [(0xFE, 0, 0), (0xFE, 0, 125), (0xFF, *bytes(8)), (0xFF, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF)],
)
@pytest.mark.parametrize("size", [0, 124, 125, 200])
def test_5_2_a_length_not_in_its_shortest_form_is_refused(
    length: tuple[int, ...], size: int
) -> None:
    data = head(FIN | BINARY, *length) + bytes(size)
    assert events_of(data) == [Failed(1002, "length not in its shortest form")]
    assert events_of(data[: 1 + len(length)]) == events_of(data)


def test_5_2_the_top_bit_of_a_64_bit_length_is_refused() -> None:
    data = head(FIN | BINARY, 0xFF, 0x80, 0, 0, 0, 0, 1, 0, 0, mask=b"")
    assert events_of(data, limit=None) == [Failed(1002, "length above 63 bits")]


def test_5_2_the_largest_length_is_too_big_even_without_a_limit() -> None:
    data = head(FIN | BINARY, 0xFF, 0x7F, *[0xFF] * 7, mask=b"")
    assert code_of(events_of(data, limit=None)) == 1009


def test_5_2_a_huge_length_reserves_no_memory() -> None:
    reader = Reader(None)
    assert reader.feed(head(FIN | BINARY, 0xFF, 0x10, *bytes(7)) + b"some") == []


# --- section 5.4: fragments


def test_5_4_fragments_are_joined() -> None:
    assert events_of(b"".join(fragments(b"a", b"", b"bc", b"d"))) == ["abcd"]
    assert events_of(b"".join(fragments(b"a", b"\xff", opcode=BINARY))) == [b"a\xff"]


def test_5_4_fragments_that_are_all_empty() -> None:
    assert events_of(b"".join(fragments(b"", b"", b""))) == [""]
    assert events_of(b"".join(fragments(b"", b"", b"", opcode=BINARY))) == [b""]


def test_5_4_control_frames_come_between_fragments() -> None:
    first, second = fragments(b"a", b"b")
    data = first + frame(PING, b"1") + frame(PONG, b"2") + second
    assert events_of(data) == [Ping(b"1"), Pong(b"2"), "ab"]
    assert in_bytes(data, Reader(LIMIT)) == [Ping(b"1"), Pong(b"2"), "ab"]


@pytest.mark.parametrize("bits", [0, FIN])
def test_5_4_a_continuation_of_nothing_is_refused(bits: int) -> None:
    whole = b"".join(fragments(b"a", b"b"))
    assert events_of(bytes([bits])) == [Failed(1002, "continuation of no message")]
    assert events_of(whole + bytes([bits]))[0] == "ab"
    assert code_of(events_of(whole + bytes([bits]))) == 1002


@pytest.mark.parametrize("opcode", [TEXT, BINARY])
@pytest.mark.parametrize("bits", [0, FIN])
def test_5_4_a_new_message_within_a_message_is_refused(opcode: int, bits: int) -> None:
    data = frame(TEXT, b"a", first=0) + bytes([bits | opcode])
    assert events_of(data) == [Failed(1002, "new message within a message")]


# --- section 5.5: control frames


@pytest.mark.parametrize("size", [0, 1, 124, 125])
def test_5_5_control_frames_of_every_size(size: int) -> None:
    payload = bytes(range(size))
    assert events_of(frame(PING, payload)) == [Ping(payload)]
    assert in_bytes(frame(PONG, payload), Reader(LIMIT)) == [Pong(payload)]


@pytest.mark.parametrize("opcode", [CLOSE, PING, PONG])
@pytest.mark.parametrize("length", [0xFE, 0xFF])
def test_5_5_a_long_control_frame_is_refused_at_its_second_octet(opcode: int, length: int) -> None:
    assert events_of(bytes([FIN | opcode, length])) == [Failed(1002, "control frame too long")]


@pytest.mark.parametrize("opcode", [CLOSE, PING, PONG])
def test_5_5_a_fragmented_control_frame_is_refused_at_its_first_octet(opcode: int) -> None:
    assert events_of(bytes([opcode])) == [Failed(1002, "fragmented control frame")]


def test_5_5_control_frames_do_not_count_as_a_message() -> None:
    data = frame(TEXT, b"abc", first=0) + frame(PING, bytes(125)) + frame(CONTINUATION, b"d")
    assert events_of(data, limit=4) == [Ping(bytes(125)), "abcd"]


# --- section 5.5.1, 7.1.5, 7.4: close


def test_5_5_1_a_close_frame_without_a_code() -> None:
    assert events_of(frame(CLOSE)) == [Close(1005, "")]


def test_5_5_1_a_close_frame_of_one_byte_is_refused() -> None:
    assert events_of(frame(CLOSE, b"\x03")) == [Failed(1002, "close frame of one byte")]


VALID = [1000, 1001, 1002, 1003, *range(1007, 1015), 3000, 3999, 4000, 4999]
INVALID = [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 9999, 65535]


@pytest.mark.parametrize("code", VALID)
def test_7_4_codes_that_may_be_sent(code: int) -> None:
    data = frame(CLOSE, code.to_bytes(2, "big") + "Tschüß".encode())
    assert events_of(data) == [Close(code, "Tschüß")]
    assert in_bytes(data, Reader(LIMIT)) == [Close(code, "Tschüß")]


@pytest.mark.parametrize("code", INVALID)
def test_7_4_codes_that_may_not_be_sent(code: int) -> None:
    assert code_of(events_of(frame(CLOSE, code.to_bytes(2, "big")))) == 1002


@pytest.mark.parametrize("reason", [b"\xff", b"ok\xc3", b"\xed\xa0\x80"])
def test_5_5_1_a_reason_that_is_not_utf8_is_refused(reason: bytes) -> None:
    assert code_of(events_of(frame(CLOSE, b"\x03\xe8" + reason))) == 1007


def test_5_5_1_the_longest_reason() -> None:
    assert events_of(frame(CLOSE, b"\x03\xe8" + b"r" * 123)) == [Close(1000, "r" * 123)]


def test_7_1_5_nothing_counts_after_a_close_frame() -> None:
    first, second = fragments(b"a", b"b")
    reader = Reader(LIMIT)
    assert reader.feed(first + frame(CLOSE, b"\x03\xe8") + second + b"\xff" * 9) == [Close(1000)]
    assert reader.feed(second) == []
    assert reader.feed(frame(TEXT, b"more")) == []


# --- section 7.1.7: failing


@pytest.mark.parametrize("name", GARBAGE)
def test_7_1_7_what_no_client_may_send(name: str) -> None:
    garbage: Garbage = GARBAGE[name]
    assert code_of(events_of(garbage.data)) in garbage.codes
    assert code_of(in_bytes(garbage.data, Reader(LIMIT))) in garbage.codes


def test_7_1_7_what_came_before_the_mistake_is_told_first() -> None:
    data = frame(TEXT, b"a") + frame(PING) + b"\xff" + frame(TEXT, b"b")
    assert events_of(data) == ["a", Ping(b""), Failed(1002, "reserved opcode")]


def test_7_1_7_nothing_counts_after_a_mistake() -> None:
    reader = Reader(LIMIT)
    assert code_of(reader.feed(b"\xff")) == 1002
    assert reader.feed(frame(TEXT, b"a")) == []
    assert reader.feed(b"\xff") == []


# --- section 8.1: text

# Where UTF-8 goes wrong: the position of the first octet that no valid text could have there.
BAD_TEXT = [
    (b"\x80", 0),
    (b"ab\xff", 2),
    (b"\xc0\x80", 0),  # longer than needed
    (b"\xc1\xbf", 0),
    (b"\xc3\x28", 1),
    (b"\xe0\x80\x80", 1),
    (b"\xe2\x28\xa1", 1),
    (b"\xe2\x82\x28", 2),
    (b"\xed\xa0\x80", 1),  # a surrogate
    (b"\xed\xbf\xbf", 1),
    (b"\xf0\x80\x80\x80", 1),
    (b"\xf0\x9f\x98\x28", 3),
    (b"\xf4\x90\x80\x80", 1),  # above U+10FFFF
    (b"\xf5\x80\x80\x80", 0),
    ("κόσμε".encode() + b"\xed\xa0\x80edited", 11),
    ("κόσμε".encode() + b"\xf4\x90\x80\x80edited", 11),
]


@pytest.mark.parametrize(("text", "bad"), BAD_TEXT)
def test_8_1_text_fails_at_its_first_bad_octet_within_a_frame(text: bytes, bad: int) -> None:
    data = frame(TEXT, text + bytes(1000))
    read, events = failed_after(data, Reader(LIMIT))
    assert code_of(events) == 1007
    assert read == 8 + bad + 1
    assert code_of(events_of(data)) == 1007


@pytest.mark.parametrize(("text", "bad"), BAD_TEXT)
def test_8_1_text_fails_at_its_first_bad_octet_across_fragments(text: bytes, bad: int) -> None:
    parts = fragments(b"", *(text[at : at + 1] for at in range(len(text))), b"more")
    reader = Reader(LIMIT)
    assert [reader.feed(part) for part in parts[: bad + 1]] == [[]] * (bad + 1)
    assert code_of(reader.feed(parts[bad + 1])) == 1007


@pytest.mark.parametrize("text", [b"\xc3", b"\xe2\x82", b"\xf0\x9f\x98", b"ok\xe2"])
def test_8_1_text_that_ends_within_a_character_is_refused(text: bytes) -> None:
    assert code_of(events_of(frame(TEXT, text))) == 1007
    assert code_of(events_of(b"".join(fragments(text, b"")))) == 1007
    assert code_of(in_bytes(frame(TEXT, text), Reader(LIMIT))) == 1007


@pytest.mark.parametrize("text", ["", "\0", "κόσμε", "\ud7ff\ue000\uffff", "\U00010000\U0010ffff"])
def test_8_1_characters_may_be_cut_anywhere(text: str) -> None:
    data = text.encode()
    for at in range(len(data) + 1):
        assert events_of(b"".join(fragments(data[:at], data[at:]))) == [text]
    assert in_bytes(frame(TEXT, data), Reader(LIMIT)) == [text]


def test_8_1_binary_may_be_anything() -> None:
    assert events_of(frame(BINARY, b"\xff\xfe")) == [b"\xff\xfe"]


# --- section 10.4: limits


def test_10_4_a_frame_that_is_too_big_is_refused_at_its_head() -> None:
    for size in (1001, 65535, 65536):
        data = frame(BINARY, bytes(size))
        length = 4 if size < 65536 else 10
        assert code_of(events_of(data[:length], limit=1000)) == 1009
        assert code_of(events_of(data, limit=1000)) == 1009
    assert code_of(events_of(frame(TEXT, b"abc")[:2], limit=2)) == 1009


def test_10_4_a_message_that_is_too_big_is_refused_at_the_head_of_a_fragment() -> None:
    first, second, third = fragments(bytes(600), bytes(400), b"x", opcode=BINARY)
    assert events_of(first + second, limit=1000) == []
    assert code_of(events_of(first + second + third[:2], limit=1000)) == 1009
    assert events_of(first + second + frame(CONTINUATION), limit=1000) == [bytes(1000)]


def test_10_4_the_limit_itself_is_allowed() -> None:
    for size in (0, 1, 125, 126, 1000, 65536):
        assert events_of(frame(BINARY, bytes(size)), limit=size) == [bytes(size)]
        assert code_of(events_of(frame(BINARY, bytes(size + 1)), limit=size)) == 1009
        assert in_bytes(frame(BINARY, bytes(size)), Reader(size)) == [bytes(size)]


def test_10_4_a_limit_may_change_at_any_time() -> None:
    reader = Reader(10)
    assert reader.feed(frame(TEXT, b"a" * 10, first=0)) == []
    reader.max_size = 20
    assert reader.max_size == 20
    assert reader.feed(frame(CONTINUATION, b"a" * 10)) == ["a" * 20]
    reader.max_size = None
    assert reader.max_size is None
    assert reader.feed(frame(TEXT, b"a" * 1000)) == ["a" * 1000]
    reader.max_size = 5
    assert code_of(reader.feed(frame(TEXT, b"a" * 6))) == 1009
