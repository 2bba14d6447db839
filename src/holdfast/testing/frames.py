"""Frames as a client sends them (RFC 6455 section 5), and such as none may send."""

import os
import struct
from typing import NamedTuple

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10  # section 5.2
FIN, RSV1, MASKED = 0x80, 0x40, 0x80


def frame(opcode: int, payload: bytes = b"", *, first: int = FIN, mask: bool = True) -> bytes:
    """One frame, masked (section 5.3) unless told otherwise.

    ``first`` holds the upper bits of its first byte: FIN and the reserved ones.
    """
    flag, size = MASKED if mask else 0, len(payload)
    head = bytes([first | opcode]) + _length(flag, size)
    if not mask:
        return head + payload
    key = os.urandom(4)
    stream = (key * (size // 4 + 1))[:size]
    masked = int.from_bytes(payload, "big") ^ int.from_bytes(stream, "big")
    return head + key + masked.to_bytes(size, "big")


def close_frame(code: int, reason: str = "") -> bytes:
    """A close frame (section 5.5.1)."""
    return frame(CLOSE, struct.pack("!H", code) + reason.encode())


def _length(flag: int, size: int) -> bytes:
    if size < 126:
        return bytes([flag | size])
    if size < 1 << 16:
        return struct.pack("!BH", flag | 126, size)
    return struct.pack("!BQ", flag | 127, size)


class Garbage(NamedTuple):
    """What no client may send, and how RFC 6455 lets a server answer."""

    data: bytes
    codes: tuple[int, ...]
    """The close codes that fit (section 7.4.1)."""
    section: str
    """Where RFC 6455 forbids it."""


GARBAGE = {
    "reserved bit": Garbage(frame(TEXT, b"x", first=FIN | RSV1), (1002,), "5.2"),
    "unknown opcode": Garbage(frame(3, b"x"), (1002,), "5.2"),
    "unmasked": Garbage(frame(TEXT, b"x", mask=False), (1002,), "5.1"),
    "bad UTF-8": Garbage(frame(TEXT, b"\xc3\x28"), (1007,), "8.1"),
    "cut UTF-8": Garbage(frame(TEXT, "€".encode()[:2]), (1007,), "8.1"),
    "long control frame": Garbage(frame(PING, bytes(126)), (1002,), "5.5"),
    "fragmented control frame": Garbage(frame(PING, first=0), (1002,), "5.5"),
    "lone continuation": Garbage(frame(CONTINUATION, b"x"), (1002,), "5.4"),
    "interrupted message": Garbage(frame(TEXT, b"x", first=0) + frame(TEXT, b"y"), (1002,), "5.4"),
    "forbidden close code": Garbage(close_frame(1005), (1002,), "7.4.1"),
    "short close frame": Garbage(frame(CLOSE, b"\x03"), (1002,), "5.5.1"),
    "impossible length": Garbage(b"\x81\xff" + b"\xff" * 8 + bytes(4), (1002, 1009), "5.2"),
    "endless message": Garbage(b"\x81\xff" + b"\x7f" + b"\xff" * 7 + bytes(4), (1009,), "10.4"),
}
"""By name, for ``peer.garbage(name)``, and for tests that try each of them."""
