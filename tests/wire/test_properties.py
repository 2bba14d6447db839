"""Any cut of a stream gives the same events, and they are those that another server reads."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.wire.corpus import DEFLATED_STREAMS, HEADS, STREAMS, damaged, deflate, plain_frame
from tests.wire.properties import judge_head, judge_stream
from tests.wire.steady import steady
from tests.wire.support import BINARY, FIN, RSV1, TEXT, frame

pytestmark = pytest.mark.newest

CUTS = st.lists(st.integers(0, 4000), max_size=12)

PAYLOADS = st.one_of(
    st.binary(max_size=140),
    st.text(max_size=140).map(str.encode),
    st.integers(0, 1100).map(bytes),
)


def frames(
    bits: st.SearchStrategy[int], payloads: st.SearchStrategy[bytes]
) -> st.SearchStrategy[bytes]:
    """Frames that fit together as often as not."""
    opcodes = st.sampled_from([0, 0, TEXT, TEXT, BINARY, 9, 10, 8])
    return st.builds(
        lambda opcode, payload, first: frame(opcode, payload, first=first), opcodes, payloads, bits
    )


PLAIN_STREAMS = st.lists(frames(st.sampled_from([0, FIN, FIN]), PAYLOADS), max_size=8).map(b"".join)

COMPRESSED = st.one_of(
    st.builds(deflate, PAYLOADS, st.booleans()),
    st.builds(lambda data, end: deflate(data)[:end], PAYLOADS, st.integers(0, 40)),
    PAYLOADS,
)
MIXED_STREAMS = st.lists(
    frames(st.sampled_from([0, FIN, RSV1, FIN | RSV1, FIN | RSV1]), COMPRESSED), max_size=6
).map(b"".join)


@settings(steady, max_examples=400)
@given(data=PLAIN_STREAMS, cuts=CUTS)
def test_frames(data: bytes, cuts: list[int]) -> None:
    judge_stream(data, cuts, deflated=False)


@settings(steady, max_examples=400)
@given(data=MIXED_STREAMS, cuts=CUTS)
def test_compressed_frames(data: bytes, cuts: list[int]) -> None:
    judge_stream(data, cuts, deflated=True)


@steady
@given(data=st.binary(max_size=300), cuts=CUTS, deflated=st.booleans())
def test_bytes_that_are_no_frames(data: bytes, cuts: list[int], deflated: bool) -> None:
    judge_stream(data, cuts, deflated)


@steady
@given(
    payloads=st.lists(PAYLOADS, max_size=6),
    cuts=CUTS,
    last=st.booleans(),
)
def test_whole_compressed_messages(payloads: list[bytes], cuts: list[int], last: bool) -> None:
    data = b"".join(frame(BINARY, deflate(one, last), first=FIN | RSV1) for one in payloads)
    judge_stream(data, cuts, deflated=True)


@pytest.mark.parametrize("seed", range(8))
def test_damaged_streams(seed: int) -> None:
    numbers = random.Random(seed)
    for data in STREAMS * 10:
        judge_stream(damaged(data, numbers), numbers.choices(range(300), k=4), deflated=False)
    for data in (STREAMS + DEFLATED_STREAMS * 3) * 5:
        judge_stream(damaged(data, numbers), numbers.choices(range(300), k=4), deflated=True)


@pytest.mark.parametrize("seed", range(8))
def test_damaged_heads(seed: int) -> None:
    numbers = random.Random(seed)
    for data in HEADS * 50:
        judge_head(data, [])
        judge_head(damaged(data, numbers), numbers.choices(range(300), k=4))


@steady
@given(data=st.binary(max_size=200), cuts=CUTS)
def test_bytes_that_are_no_head(data: bytes, cuts: list[int]) -> None:
    judge_head(data + b"\r\n\r\n", cuts)
    judge_head(data, cuts)


def test_the_judge_sees_a_text_that_is_not_utf8() -> None:
    judge_stream(plain_frame(TEXT, b"\xff"), [], deflated=False)
