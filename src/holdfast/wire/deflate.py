"""Compressed messages, `permessage-deflate` (RFC 7692): what is agreed on, and its frames.

No context is taken over in either direction. So a connection holds no compressor between its
messages, and one compressed frame serves all who agreed on the same window.
"""

import re
import zlib
from dataclasses import dataclass
from functools import cache

from holdfast.wire.frames import BINARY, COMPRESSED, FINAL, PLAIN, TEXT, Framer, head
from holdfast.wire.grammar import TOKEN, TOKEN_CHARACTER

SMALLEST = 64  # bytes: below it the compressed form is hardly ever shorter
LEVEL = 6
SMALLEST_WINDOW = 9  # bits; zlib cannot keep to 8, though RFC 7692 section 7.1.2.1 has it

_EXTENSION = b"permessage-deflate"

# RFC 6455 section 9.1: what a quoted value holds must be a token, too.
_VALUE = rb'(?:%b|"(?:\\?%b)++")' % (TOKEN, TOKEN_CHARACTER)
_PARAMETER = rb"[ \t]*+;[ \t]*+(%b)(?:[ \t]*+=[ \t]*+(%b))?+"
_ANY_PARAMETER = _PARAMETER.replace(b"(%b)", b"%b") % (TOKEN, _VALUE)
_OFFER = rb"(%b)((?:%b)*+)" % (TOKEN, _ANY_PARAMETER)
_LIST = rb"[ \t,]*+(?:%b[ \t]*+(?:,[ \t,]*+|\Z))*+" % _OFFER

is_extension_list = re.compile(_LIST).fullmatch
_offers = re.compile(_OFFER).finditer
_parameters = re.compile(_PARAMETER % (TOKEN, _VALUE)).findall


@dataclass(frozen=True, slots=True)
class Deflate:
    """What was agreed on: windows in bits (base-2 logarithm of bytes), None where not spoken of."""

    server_max_window_bits: int | None = None
    client_max_window_bits: int | None = None

    @property
    def response(self) -> bytes:
        """The value of the Sec-WebSocket-Extensions header of the answer."""
        parts = [_EXTENSION, b"server_no_context_takeover", b"client_no_context_takeover"]
        if self.server_max_window_bits is not None:
            parts.append(b"server_max_window_bits=%d" % self.server_max_window_bits)
        if self.client_max_window_bits is not None:
            parts.append(b"client_max_window_bits=%d" % self.client_max_window_bits)
        return b"; ".join(parts)


def negotiate(offers: bytes) -> Deflate | None:
    """Take the first offer that can be kept to in full (RFC 7692 section 7.1), or none."""
    if not is_extension_list(offers):
        return None
    for offer in _offers(offers):
        if offer[1] == _EXTENSION:
            agreed = _agree(_parameters(offer[2]))
            if agreed is not None:
                return agreed
    return None


def _agree(parameters: list[tuple[bytes, bytes]]) -> Deflate | None:
    """Answer one offer; None declines it: unknown or repeated parameter, value out of range."""
    given: dict[bytes, bytes] = {}
    for name, value in parameters:
        if name in given or name not in _RANGES:
            return None
        given[name] = value.replace(b'"', b"").replace(b"\\", b"")
        if given[name] not in _RANGES[name]:
            return None
    server = given.get(b"server_max_window_bits")
    client = given.get(b"client_max_window_bits")
    return Deflate(
        None if server is None else int(server),
        None if client is None else int(client or zlib.MAX_WBITS),
    )


# Parameter -> its values. A missing value reads as empty, which no "=" can be followed by.
_RANGES: dict[bytes, set[bytes]] = {
    b"server_no_context_takeover": {b""},
    b"client_no_context_takeover": {b""},
    b"server_max_window_bits": {b"%d" % bits for bits in range(SMALLEST_WINDOW, 16)},
    b"client_max_window_bits": {b"", *(b"%d" % bits for bits in range(8, 16))},
}


class DeflateFramer(Framer):
    """Builds compressed frames, each from an empty window; short or dense data goes as it is."""

    __slots__ = ("_bits",)

    def __init__(self, bits: int) -> None:
        self._bits = bits

    def text(self, data: str | bytes) -> bytes:
        if isinstance(data, str):
            data = data.encode()
        return self._compressed(TEXT, data) or PLAIN.text(data)

    def binary(self, data: bytes) -> bytes:
        return self._compressed(BINARY, data) or PLAIN.binary(data)

    def _compressed(self, opcode: int, data: bytes) -> bytes:
        """One compressed frame; nothing if that is no shorter."""
        size = len(data)
        if size < SMALLEST:
            return b""
        # A window larger than the message finds no more, and zlib clears all of it first.
        bits = min(self._bits, max(SMALLEST_WINDOW, (size - 1).bit_length()))
        stream = zlib.compressobj(LEVEL, zlib.DEFLATED, -bits, min(8, bits - 6))
        payload = stream.compress(data) + stream.flush(zlib.Z_SYNC_FLUSH)
        if len(payload) - 4 >= size:
            return b""
        return head(FINAL | COMPRESSED | opcode, len(payload) - 4) + payload[:-4]


def framer_for(deflate: Deflate | None) -> Framer:
    """The framer for what was agreed on: the same object wherever the frames are the same."""
    if deflate is None:
        return PLAIN
    return _framer(deflate.server_max_window_bits or zlib.MAX_WBITS)


@cache
def _framer(bits: int) -> DeflateFramer:
    return DeflateFramer(bits)
