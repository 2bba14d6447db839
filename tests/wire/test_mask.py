"""RFC 6455 section 5.3: masking, in C and in our own Python."""

from __future__ import annotations

import subprocess
import sys

from hypothesis import given
from hypothesis import strategies as st

from holdfast.wire.mask import apply_mask, xor
from tests.wire.steady import steady

MASKS = st.binary(min_size=4, max_size=4)


def by_the_letter(data: bytes, mask: bytes) -> bytes:
    return bytes(octet ^ mask[at % 4] for at, octet in enumerate(data))


@steady
@given(data=st.binary(max_size=200), mask=MASKS)
def test_5_3_octet_i_is_xored_with_octet_i_modulo_4(data: bytes, mask: bytes) -> None:
    assert apply_mask(data, mask) == by_the_letter(data, mask)
    assert xor(data, mask) == by_the_letter(data, mask)


def test_the_c_function_is_used_where_it_is_there() -> None:
    assert apply_mask is not xor


WITHOUT_C = """
import sys
sys.modules["websockets.speedups"] = None
from holdfast.wire import Reader
from holdfast.wire.mask import apply_mask, xor
assert apply_mask is xor
data = bytes.fromhex("818537fa213d7f9f4d5158")
for step in range(1, 12):
    reader, parts = Reader(None), (data[at : at + step] for at in range(0, 11, step))
    assert [event for part in parts for event in reader.feed(part)] == ["Hello"]
"""


def test_frames_are_read_without_the_websockets_package() -> None:
    subprocess.run([sys.executable, "-c", WITHOUT_C], check=True, timeout=30)
