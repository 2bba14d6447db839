"""Frames to the peer: whole, unmasked, as a server sends them (RFC 6455 section 5)."""

import struct

from holdfast.errors import close_reason
from holdfast.wire.codes import NEVER_SENT, may_be_sent

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
FINAL, COMPRESSED = 0x80, 0x40

CONTROL_LIMIT = 125  # bytes (RFC 6455 section 5.5)
PREPARED = 1024  # heads of payloads below this size are built once, in bytes


def head(first: int, size: int) -> bytes:
    """The head of an unmasked frame: first octet as given, payload of ``size`` bytes."""
    if size < 126:
        return bytes((first, size))
    if size < 1 << 16:
        return struct.pack("!BBH", first, 126, size)
    return struct.pack("!BBQ", first, 127, size)


_TEXT = tuple(head(FINAL | TEXT, size) for size in range(PREPARED))
_BINARY = tuple(head(FINAL | BINARY, size) for size in range(PREPARED))


def frame(opcode: int, payload: bytes) -> bytes:
    """One whole frame, FIN set."""
    return head(FINAL | opcode, len(payload)) + payload


def ping_frame(payload: bytes = b"") -> bytes:
    """A ping; its payload is at most 125 bytes."""
    return _control(PING, payload)


def pong_frame(payload: bytes = b"") -> bytes:
    """A pong; its payload is at most 125 bytes."""
    return _control(PONG, payload)


def _control(opcode: int, payload: bytes) -> bytes:
    if len(payload) > CONTROL_LIMIT:
        raise ValueError(f"a control frame carries {CONTROL_LIMIT} bytes, not {len(payload)}")
    return frame(opcode, payload)


def close_frame(code: int, reason: str = "") -> bytes:
    """A close frame: empty for 1005 and 1006; the reason is cut to what it holds."""
    if code in NEVER_SENT:
        return frame(CLOSE, b"")
    if not may_be_sent(code):
        raise ValueError(f"{code} is no close code that may be sent (RFC 6455 section 7.4)")
    return frame(CLOSE, code.to_bytes(2, "big") + close_reason(reason).encode())


class Framer:
    """Builds the frames of messages. Holds no state of a connection: one serves all."""

    __slots__ = ()

    def text(self, data: str | bytes) -> bytes:
        """One text frame; bytes are UTF-8 already."""
        if isinstance(data, str):
            data = data.encode()
        size = len(data)
        if size < PREPARED:
            return _TEXT[size] + data
        return head(FINAL | TEXT, size) + data

    def binary(self, data: bytes) -> bytes:
        """One binary frame."""
        size = len(data)
        if size < PREPARED:
            return _BINARY[size] + data
        return head(FINAL | BINARY, size) + data


PLAIN = Framer()
