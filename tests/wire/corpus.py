"""Streams and heads to begin with, and ways to damage them."""

from __future__ import annotations

import random
import zlib

from holdfast.testing.frames import GARBAGE
from tests.wire.support import BINARY, FIN, RSV1, TEXT, fragments

NO_MASK = bytes(4)  # so that a change of a payload's byte is that change of the message


def plain_frame(opcode: int, payload: bytes, first: int = FIN) -> bytes:
    size = len(payload)
    length = bytes([0x80 | size]) if size < 126 else b"\xfe" + size.to_bytes(2, "big")
    return bytes([first | opcode]) + length + NO_MASK + payload


def deflate(data: bytes, last: bool = False) -> bytes:
    stream = zlib.compressobj(9, zlib.DEFLATED, -15)
    if last:
        return stream.compress(data) + stream.flush() + b"\x00"
    return (stream.compress(data) + stream.flush(zlib.Z_SYNC_FLUSH))[:-4]


def _mixed() -> bytes:
    first, second, third = fragments(b"ab", b"", "€".encode())
    return first + plain_frame(9, b"ping") + second + plain_frame(10, b"") + third


STREAMS = [
    plain_frame(TEXT, b"Hello"),
    plain_frame(TEXT, "κόσμε 💬".encode()) * 3,
    plain_frame(TEXT, b"\xed\xa0\x80"),
    plain_frame(BINARY, bytes(200)),
    plain_frame(BINARY, bytes(LONG := 1000)) + plain_frame(BINARY, bytes(LONG + 1)),
    plain_frame(8, b"\x03\xe8bye") + plain_frame(TEXT, b"after"),
    plain_frame(TEXT, b"a", first=0) + plain_frame(8, b""),
    plain_frame(TEXT, b"\xf0\x9f", first=0) + plain_frame(0, b"\x92\xac"),
    _mixed(),
    b"\x81\xff" + bytes(5) + b"\x01\x00\x00" + NO_MASK,
    *(one.data for one in GARBAGE.values()),
]

DEFLATED_STREAMS = [
    plain_frame(TEXT, deflate(b"Hello " * 20), first=FIN | RSV1),
    plain_frame(TEXT, deflate("€".encode() * 30, last=True), first=FIN | RSV1),
    plain_frame(BINARY, deflate(b"a") + deflate(b"b"), first=FIN | RSV1),
    plain_frame(BINARY, deflate(bytes(5000)), first=FIN | RSV1),
    plain_frame(TEXT, deflate(b"\xff"), first=FIN | RSV1),
    plain_frame(TEXT, deflate(b"abc")[:2], first=RSV1) + plain_frame(0, deflate(b"abc")[2:]),
    plain_frame(TEXT, b"", first=FIN | RSV1) + plain_frame(TEXT, b"plain"),
]

FULL_HEAD = (
    b"GET /chat?a=b HTTP/1.1\r\nHost: a:8000\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Protocol: chat, superchat\r\nOrigin: http://a\r\nCookie: a=b\r\n"
    b"Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\r\n\x81\x80abcd"
)
TERSE_HEAD = (
    b"GET http://a/ HTTP/1.1\r\nhost:a\r\nupgrade:x,WebSocket\r\nconnection:keep-alive, Upgrade\r\n"
    b"sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\nsec-websocket-version: 13\r\n"
    b'sec-websocket-extensions: a; b="c", permessage-deflate; server_max_window_bits="10"\r\n\r\n'
)
HEADS = [
    FULL_HEAD,
    TERSE_HEAD,
    b"GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n",
    b"POST / HTTP/1.0\r\n\r\n",
]

INTERESTING = b"\x00\x01\x02\x03\x07\x08\x09\x41\x7d\x7e\x7f\x80\x81\x82\x88\x89\x8a\xc1\xed\xff"


def damaged(data: bytes, numbers: random.Random) -> bytes:
    """The data with a few octets changed, taken out, put in or repeated."""
    octets = bytearray(data)
    for _ in range(numbers.randint(1, 4)):
        at = numbers.randrange(len(octets) + 1)
        way = numbers.randrange(5)
        if way == 0:
            octets[at : at + 1] = bytes([numbers.choice(INTERESTING)])
        elif way == 1:
            octets[at : at + 1] = bytes([numbers.randrange(256)])
        elif way == 2:
            del octets[at : at + numbers.randint(1, 9)]
        elif way == 3:
            octets[at:at] = numbers.randbytes(numbers.randint(1, 5))
        else:
            octets[at:at] = octets[max(at - numbers.randint(1, 40), 0) : at]
    return bytes(octets)
