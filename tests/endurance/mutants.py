"""What no client should send: valid frames with something wrong, and things that are no frames.

Everything comes from a seeded ``Random``, so that a run can be repeated.
"""

from __future__ import annotations

import json
import random
import struct
import zlib
from collections.abc import Callable

from holdfast.testing import GARBAGE, opening_request

FIN, RSV = 0x80, 0x70
CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
MASK = 0x80
BAD_CODES = (0, 1, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65535)
BAD_UTF8 = (b"\xff", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe2\x82", b"\x80")
BAD_TEXTS = (
    *("", "{", "[", "null", "7", '"', "NaN", "1e999", '{"id": 1e999}', '{"id": "7"}', "{'id': 1}"),
    *('{"id": 1, "items": 7}', '{"id": 1, "items": [null]}', '{"id": true}', '{"id": 1}{"id": 2}'),
    *('{"\\ud800": 1}', '"\\ud800"', "\x00", "\ufeff{}", "[" * 5000, '{"a":' * 2000, "9" * 5000),
    json.dumps({"id": 1, "items": ["x" * 70_000]}),
)

Chance = random.Random


def frame(first: int, payload: bytes, key: bytes, length: bytes = b"") -> bytes:
    """A masked frame; ``length`` stands in for the right length field."""
    size = len(payload)
    if not length:
        if size < 126:
            length = bytes([MASK | size])
        else:
            length = struct.pack("!BH", MASK | 126, size) if size < 1 << 16 else long(size)
    stream = (key * (size // 4 + 1))[:size]
    masked = int.from_bytes(payload, "big") ^ int.from_bytes(stream, "big")
    return bytes([first]) + length + key + masked.to_bytes(size, "big")


def long(size: int) -> bytes:
    return struct.pack("!BQ", MASK | 127, size)


def key(chance: Chance) -> bytes:
    return chance.randbytes(4)


def payload(chance: Chance) -> bytes:
    size = chance.choice([0, 1, 5, 125, 126, 1000, 4000])
    return bytes(chance.choices(b"abcdefghijklmnop", k=size))


def valid(chance: Chance) -> bytes:
    first = FIN | chance.choice([TEXT, TEXT, BINARY, PING, PONG])
    return frame(first, payload(chance)[:125], key(chance))


def bit_flips(chance: Chance) -> bytes:
    data = bytearray(valid(chance))
    for _ in range(chance.randrange(1, 9)):
        at = chance.randrange(min(len(data), chance.choice([2, 14, 4000])))
        data[at] ^= 1 << chance.randrange(8)
    return bytes(data)


def wrong_length(chance: Chance) -> bytes:
    """Shorter, longer, or in more bytes than needed."""
    body = payload(chance)
    size = max(0, len(body) + chance.choice([-100, -1, 1, 2, 100, 5000]))
    form = chance.choice([struct.pack("!BH", MASK | 126, min(size, 65535)), long(size)])
    return frame(FIN | chance.choice([TEXT, BINARY, PING, CLOSE]), body, key(chance), form)


def huge_length(chance: Chance) -> bytes:
    size = chance.choice([1 << 20, (1 << 24) + 1, 1 << 31, 1 << 40, (1 << 63) - 1, (1 << 64) - 1])
    return frame(
        chance.choice([0, FIN]) | chance.choice([TEXT, BINARY]), b"x", key(chance), long(size)
    )


def reserved_bits(chance: Chance) -> bytes:
    first = chance.randrange(1, 8) << 4 & RSV | chance.choice([0, FIN])
    return frame(
        first | chance.choice([TEXT, BINARY, PING, CONTINUATION]), payload(chance), key(chance)
    )


def unknown_opcode(chance: Chance) -> bytes:
    return frame(
        FIN | chance.choice([3, 4, 5, 6, 7, 11, 12, 13, 14, 15]), payload(chance), key(chance)
    )


def fragments(chance: Chance) -> bytes:
    """Of one message, or of several, in any order."""
    firsts = [TEXT, BINARY, CONTINUATION, FIN | CONTINUATION, FIN | TEXT, FIN | PING, PING]
    parts = (
        frame(first, payload(chance)[:100], key(chance))
        for first in chance.choices(firsts, k=chance.randrange(2, 8))
    )
    return b"".join(parts)


def many_fragments(chance: Chance) -> bytes:
    count = chance.choice([10, 500])
    parts = [frame(TEXT, b"a", key(chance))]
    parts += [frame(CONTINUATION, b"", key(chance)) for _ in range(count)]
    return b"".join(parts) + frame(FIN | CONTINUATION, b"b", key(chance))


def bad_utf8(chance: Chance) -> bytes:
    bad = chance.choice(BAD_UTF8)
    body = payload(chance)[:100] + bad + payload(chance)[: chance.choice([0, 20])]
    if chance.random() < 0.5:
        return frame(FIN | TEXT, body, key(chance))
    at = chance.randrange(len(body) + 1)
    return frame(TEXT, body[:at], key(chance)) + frame(FIN, body[at:], key(chance))


def bad_close(chance: Chance) -> bytes:
    code = struct.pack("!H", chance.choice(BAD_CODES))
    body = chance.choice([code, code + b"why", code[:1], b"\x03\xe8" + chance.choice(BAD_UTF8)])
    return frame(FIN | CLOSE, body, key(chance))


def after_close(chance: Chance) -> bytes:
    """A good close frame, and more behind it."""
    return frame(FIN | CLOSE, b"\x03\xe8", key(chance)) + valid(chance) + bit_flips(chance)


def bad_text(chance: Chance) -> bytes:
    text = chance.choice(BAD_TEXTS)
    body = text.encode("utf-8", "surrogatepass")
    return frame(FIN | chance.choice([TEXT, TEXT, TEXT, BINARY]), body, key(chance))


def deflated(chance: Chance) -> bytes:
    """With the bit of RFC 7692, agreed on or not: rubbish, or much more than it seems."""
    compress = zlib.compressobj(9, zlib.DEFLATED, -12)
    bomb = compress.compress(bytes(chance.choice([100, 1 << 20]))) + compress.flush(
        zlib.Z_SYNC_FLUSH
    )
    body = chance.choice([bomb[:-4], bomb[: len(bomb) // 2], chance.randbytes(50), b""])
    return frame(FIN | 0x40 | chance.choice([TEXT, BINARY]), body, key(chance))


def too_large(chance: Chance) -> bytes:
    return frame(FIN | TEXT, b"x" * chance.choice([65_537, 200_000]), bytes(4))


def unmasked(chance: Chance) -> bytes:
    body = payload(chance)[:100]
    return bytes([FIN | chance.choice([TEXT, PING, CLOSE]), len(body)]) + body


def known_garbage(chance: Chance) -> bytes:
    return chance.choice(list(GARBAGE.values())).data


def burst(chance: Chance) -> bytes:
    """Thousands of little frames at once, which are all right."""
    count = chance.choice([2_000, 10_000])
    kinds = chance.choice([(TEXT,), (TEXT, PING), (PING,), (BINARY, TEXT)])
    return b"".join(frame(FIN | kinds[at % len(kinds)], b"", bytes(4)) for at in range(count))


def bombs(chance: Chance) -> bytes:
    """Hundreds of messages of 64 KB in 85 bytes each."""
    compress = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = compress.compress(b"x" * 65_000) + compress.flush(zlib.Z_SYNC_FLUSH)
    first = FIN | 0x40 | chance.choice([TEXT, BINARY])
    return frame(first, body[:-4], bytes(4)) * chance.choice([50, 500])


def no_frames(chance: Chance) -> bytes:
    request = opening_request("/own/echoes")
    return chance.choice(
        [chance.randbytes(chance.randrange(1, 300)), request, b"\r\n" * 50, bytes(200)]
    )


MUTANTS: tuple[Callable[[Chance], bytes], ...] = (
    *(bit_flips, bit_flips, wrong_length, huge_length, reserved_bits, unknown_opcode, fragments),
    *(many_fragments, bad_utf8, bad_close, after_close, bad_text, bad_text, bad_text, deflated),
    *(too_large, unmasked, known_garbage, no_frames),
)
GENTLE = (valid, bad_text)
"""What a connection survives, at least for a while."""
FLOODS = (burst, bombs)
"""Much at once, which only one client should feel."""


# -- handshakes ------------------------------------------------------------------------------------

BAD_HEADERS = (
    *({"origin": "http://["}, {"origin": "null"}, {"origin": "http://a:b:c"}, {"origin": "\xff"}),
    *({"origin": "http://127.0.0.1:999999"}, {"host": "["}, {"host": "a:b:c"}, {"host": ""}),
    *({"x-forwarded-for": "?, ,;;,999.1.1.1"}, {"forwarded": 'for="[::1'}, {"cookie": "\xfe;;=;"}),
    *({"sec-websocket-version": "7"}, {"sec-websocket-key": "short"}, {"upgrade": "h3"}),
    *({"sec-websocket-protocol": ",, ,"}, {"sec-websocket-extensions": ";;permessage-deflate=,"}),
    *({"x-long": "x" * 9000}, {"connection": "close"}, {"authorization": "Bearer \x80"}),
)
BAD_PATHS = (
    *("/own/feed/%00", "/own/feed/%ff%fe", "/own/feed/" + "x" * 3000, "/own/words/a?since=%ff-1"),
    *("/own/feed/a?since=7-x", "/own/feed/a?since=", "/own/talks?count=x", "/own/%2e%2e/echoes"),
    *("/plain/talks?count=1e9", "//own/echoes", "/own/echoes?%zz", "/own/feed/\u20ac"),
)


def handshake(chance: Chance) -> bytes:
    """A request with something wrong in its headers, its path or its bytes."""
    path = chance.choice(BAD_PATHS) if chance.random() < 0.5 else "/own/echoes"
    headers = dict(chance.choice(BAD_HEADERS)) if chance.random() < 0.7 else {}
    request = bytearray(opening_request(path.encode().decode("latin-1"), headers=headers))
    if chance.random() < 0.3:
        for _ in range(chance.randrange(1, 5)):
            request[chance.randrange(len(request))] ^= 1 << chance.randrange(8)
    return bytes(request)
