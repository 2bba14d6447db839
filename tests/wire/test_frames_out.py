"""RFC 6455 section 5 and RFC 7692 section 7.2.1: frames to the peer."""

from __future__ import annotations

import random
import zlib

import pytest
from websockets.frames import Opcode

from holdfast.wire import (
    PLAIN,
    Deflate,
    close_frame,
    frame,
    framer_for,
    ping_frame,
    pong_frame,
)
from tests.wire.peer import Peer, deflate_offer, parse_frames

pytestmark = pytest.mark.newest

SIZES = [0, 1, 63, 64, 125, 126, 127, 1023, 1024, 32768, 65535, 65536, 70_000]


def text_of(size: int) -> str:
    return "".join(random.Random(size).choices("abcdefgh", k=size))


@pytest.mark.parametrize("size", SIZES)
def test_5_2_plain_frames_of_every_size(size: int) -> None:
    text = text_of(size)
    one, other, binary = parse_frames(
        PLAIN.text(text) + PLAIN.text(text.encode()) + PLAIN.binary(text.encode())
    )
    assert one == other
    assert (one.opcode, one.fin, one.data) == (Opcode.TEXT, True, text.encode())
    assert (binary.opcode, binary.fin, binary.data) == (Opcode.BINARY, True, text.encode())
    assert frame(1, text.encode()) == PLAIN.text(text)
    head = 2 if size < 126 else 4 if size < 65536 else 10
    assert len(PLAIN.text(text)) == len(PLAIN.binary(text.encode())) == head + size


def test_5_7_the_unmasked_examples() -> None:
    assert PLAIN.text("Hello") == bytes.fromhex("810548656c6c6f")
    assert ping_frame(b"Hello") == bytes.fromhex("890548656c6c6f")
    assert PLAIN.binary(bytes(256))[:4] == bytes.fromhex("827e0100")
    assert PLAIN.binary(bytes(65536))[:10] == bytes.fromhex("827f0000000000010000")


def test_5_5_control_frames_carry_125_bytes() -> None:
    assert parse_frames(ping_frame() + pong_frame(bytes(125)))[1].data == bytes(125)
    for build in (ping_frame, pong_frame):
        with pytest.raises(ValueError, match="125"):
            build(bytes(126))


@pytest.mark.parametrize("code", [1000, 1001, 1007, 1011, 1014, 3000, 4999])
def test_5_5_1_close_frames(code: int) -> None:
    assert close_frame(code, "bye")[2:] == code.to_bytes(2, "big") + b"bye"


@pytest.mark.parametrize("code", [1005, 1006])
def test_7_4_1_codes_that_mean_no_code_give_an_empty_close_frame(code: int) -> None:
    assert close_frame(code, "ignored") == b"\x88\x00"


@pytest.mark.parametrize("code", [-1, 0, 999, 1004, 1015, 1016, 2999, 5000, 70_000])
def test_7_4_other_codes_are_the_applications_mistake(code: int) -> None:
    with pytest.raises(ValueError, match="close code"):
        close_frame(code)


def test_5_5_1_a_long_reason_is_cut_between_characters() -> None:
    reason = close_frame(1000, "a" + "ü" * 100)[4:]
    assert reason.decode() == "a" + "ü" * 61
    assert len(close_frame(1000, "r" * 500)) == 2 + 125


def test_8_1_text_that_utf8_cannot_hold_is_the_applications_mistake() -> None:
    for framer in (PLAIN, framer_for(Deflate())):
        with pytest.raises(ValueError, match="surrogate"):
            framer.text("\ud800" * 100)


# --- compressed


@pytest.mark.parametrize("bits", [None, *range(9, 16)])
@pytest.mark.parametrize("size", SIZES)
def test_7692_7_2_1_compressed_frames(bits: int | None, size: int) -> None:
    peer = Peer(deflate_offer(bits))
    assert peer.deflate == Deflate(server_max_window_bits=bits, client_max_window_bits=15)
    text = text_of(size) * 2
    data = peer.framer.text(text) + peer.framer.binary(text.encode())
    assert peer.messages(data) == [text, text.encode()]


@pytest.mark.parametrize("bits", range(9, 16))
def test_7692_7_1_2_1_the_window_is_kept_to(bits: int) -> None:
    noise = random.Random(bits).randbytes(1 << bits)
    far = noise + b"x" * 3000 + noise  # its repetition is just beyond the window
    framer = framer_for(Deflate(server_max_window_bits=bits))
    data = framer.binary(far)
    stream = zlib.decompressobj(-bits)
    payload = data[4 if data[1] == 126 else 10 :]
    assert data[0] == 0xC2
    assert stream.decompress(payload + b"\x00\x00\xff\xff") == far


def test_small_or_dense_messages_go_uncompressed() -> None:
    framer = framer_for(Deflate())
    noise = random.Random(1).randbytes(5000)
    assert framer.text("a" * 63) == PLAIN.text("a" * 63)
    assert framer.binary(noise) == PLAIN.binary(noise)
    assert framer.text("") == PLAIN.text("")
    compressed = framer.text("a" * 64)
    assert compressed[0] == 0xC1
    assert len(compressed) < 20


def test_a_compressed_frame_depends_on_no_other() -> None:
    framer = framer_for(Deflate())
    first = framer.text("the same text " * 50)
    framer.text("another text " * 50)
    assert framer.text("the same text " * 50) == first
    assert not first.endswith(b"\x00\x00\xff\xff")
