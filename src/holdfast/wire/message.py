"""Messages that arrive in parts: checked at once, joined once.

Each kind has the same methods. ``add`` takes the next part, unmasked, and raises ``Violation`` at
its first bad byte; its limit is for the whole message. ``len`` and the limit are in inflated bytes.
"""

import zlib
from codecs import utf_8_decode

from holdfast.wire.violation import Violation, invalid, too_big


class Binary:
    """A binary message. The head of each frame was measured already: no limit here."""

    __slots__ = ("_data",)

    def __init__(self) -> None:
        self._data = bytearray()

    def __len__(self) -> int:
        return len(self._data)

    def add(self, part: bytes, limit: int) -> None:
        self._data += part

    def finish(self) -> bytes:
        return bytes(self._data)


class Text:
    """A text message: UTF-8 is checked part by part (RFC 6455 section 8.1).

    It is decoded again at the end, because text kept in parts takes a multiple of their size.
    """

    __slots__ = ("_begun", "_data")

    def __init__(self) -> None:
        self._data = bytearray()
        self._begun = b""  # a character of which bytes are missing

    def __len__(self) -> int:
        return len(self._data)

    def add(self, part: bytes, limit: int) -> None:
        self._data += part
        if self._begun:
            part = self._begun + part
        elif part.isascii():
            return
        self._begun = _unfinished(part)

    def finish(self) -> str:
        if self._begun:
            raise not_utf8()
        return self._data.decode()


def _unfinished(data: bytes) -> bytes:
    """The character at the end of which bytes are missing; all before it are whole."""
    try:
        begun = data[utf_8_decode(data, "strict", False)[1] :]
    except UnicodeDecodeError:
        raise not_utf8() from None
    if begun and begun[0] == 0xED and begun[1:] >= b"\xa0":
        raise not_utf8()  # a surrogate: Python waits for its third octet
    return begun


def not_utf8() -> Violation:
    """The violation that says so."""
    return invalid("text is not UTF-8")


# What the sender cut off (RFC 7692 section 7.2.1), and a final empty block: the stream ends after
# it only if all of it was there and well-formed, which zlib does not tell otherwise.
_END = b"\x00\x00\xff\xff" + b"\x01\x00\x00\xff\xff"

# A block may be the last of its stream, and another stream follows (RFC 7692 section 7.2.3.4).
# Each one costs an allocation, so that two bytes of it cost more than a kilobyte of others.
_STREAMS = 64


class Compressed:
    """A message with RSV1 set: inflated as it arrives, never beyond the limit (RFC 7692 7.2.2).

    The window is the largest whatever was negotiated: clients that were told 8 use 9, as zlib does.
    """

    __slots__ = ("_inner", "_stream", "_streams")

    def __init__(self, inner: Binary | Text) -> None:
        self._inner = inner
        self._streams = 0
        self._stream = zlib.decompressobj(-zlib.MAX_WBITS)

    def __len__(self) -> int:
        return len(self._inner)

    def add(self, part: bytes, limit: int) -> None:
        while part:
            if not self._streams or self._stream.eof:
                self._next_stream()
            room = max(limit - len(self._inner), 0)
            self._inner.add(self._inflate(part, room + 1), limit)
            if len(self._inner) > limit:
                raise too_big()
            part = self._stream.unused_data

    def finish(self) -> str | bytes:
        if self._streams:  # a message of no bytes at all is empty
            if self._stream.eof:
                self._next_stream()
            if self._inflate(_END, 1) or not self._stream.eof or self._stream.unused_data:
                raise corrupt()
        return self._inner.finish()

    def _inflate(self, data: bytes, most: int) -> bytes:
        try:
            return self._stream.decompress(data, most)
        except zlib.error:
            raise corrupt() from None

    def _next_stream(self) -> None:
        if self._streams == _STREAMS:
            raise too_big()
        if self._streams:
            self._stream = zlib.decompressobj(-zlib.MAX_WBITS)
        self._streams += 1


def corrupt() -> Violation:
    """The violation of a payload that is no DEFLATE data.

    RFC 7692 names no code. RFC 6455 section 7.4.1 has 1007 for data that is not consistent with
    the type of the message, and the frames themselves are in order: no 1002.
    """
    return invalid("compressed data is corrupt")


Message = Binary | Text | Compressed
