"""The opening handshake as it arrives (RFC 6455 section 4.2.1)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from holdfast.wire.deflate import is_extension_list
from holdfast.wire.grammar import TOKEN, VALUE, is_token, listed

Headers = Sequence[tuple[bytes, bytes]]

HEAD_LIMIT = 1 << 16  # bytes
VERSION = b"13"

_TARGET = rb"(?:/|(?i:https?)://(?![/?# ]))[\x21-\x7e]*+"
_FIELD = rb"%b:%b\r\n" % (TOKEN, VALUE)
_HEAD = re.compile(rb"GET (%b) HTTP/1\.1\r\n((?:%b)*+)\r\n" % (_TARGET, _FIELD))
_LINE = re.compile(rb"[\x21-\x7e]+ [^ ]+ HTTP/\d\.\d")
_KEY = re.compile(rb"[A-Za-z0-9+/]{22}==")


@dataclass(slots=True)
class Request:
    """An opening handshake that may be accepted."""

    target: bytes
    headers: list[tuple[bytes, bytes]]
    """Lower-case names and values, in order."""
    raw: bytes
    """The head as it arrived, with the empty line at its end."""
    rest: bytes
    """What followed: the first frames, if the peer did not wait."""
    key: bytes
    subprotocols: list[str]
    offers: bytes
    """What all Sec-WebSocket-Extensions headers offer."""


@dataclass(frozen=True, slots=True)
class Refused:
    """What an opening handshake that breaks the rules is answered with."""

    status: int
    reason: str
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)


def read_head(data: bytes, limit: int = HEAD_LIMIT) -> Request | Refused | None:
    """Read a request head of at most ``limit`` bytes; None while it is incomplete."""
    end = data.find(b"\r\n\r\n", 0, limit) + 4
    if end < 4:
        return None if len(data) < limit else Refused(431, "request head too large")
    match = _HEAD.fullmatch(data, 0, end)
    if match is None:
        return Refused(400, _malformed(data[: end - 4]))
    fields = [line.partition(b":") for line in match[2].split(b"\r\n")[:-1]]
    headers = [(name.lower(), value.strip(b" \t")) for name, _, value in fields]
    asked = _Asked(headers)
    refused = asked.refused()
    if refused is not None:
        return refused
    return Request(
        match[1],
        headers,
        data[:end],
        data[end:],
        asked.joined(b"sec-websocket-key"),
        [one.decode() for one in asked.listed(b"sec-websocket-protocol")],
        asked.joined(b"sec-websocket-extensions"),
    )


def _malformed(head: bytes) -> str:
    """Say what is wrong with a head that is no GET request of HTTP/1.1."""
    line = head.partition(b"\r\n")[0]
    if not _LINE.fullmatch(line):
        return "malformed request line"
    if not line.startswith(b"GET "):
        return "the method must be GET"
    if not line.endswith(b" HTTP/1.1"):
        return "the version must be HTTP/1.1"
    if not re.fullmatch(rb"GET %b HTTP/1\.1" % _TARGET, line):
        return "malformed request target"
    return "malformed header"


_ASKED = frozenset(
    (
        b"host",
        b"upgrade",
        b"connection",
        b"content-length",
        b"transfer-encoding",
        b"sec-websocket-key",
        b"sec-websocket-version",
        b"sec-websocket-protocol",
        b"sec-websocket-extensions",
    )
)


class _Asked:
    """The headers that an opening handshake is judged by."""

    __slots__ = ("_values",)

    def __init__(self, headers: Headers) -> None:
        self._values: dict[bytes, list[bytes]] = {}
        for name, value in headers:
            if name in _ASKED:
                self._values.setdefault(name, []).append(value)

    def all(self, name: bytes) -> list[bytes]:
        return self._values.get(name, [])

    def joined(self, name: bytes) -> bytes:
        values = self._values.get(name)
        return b", ".join(values) if values else b""

    def listed(self, name: bytes) -> list[bytes]:
        value = self.joined(name)
        return listed(value) if value else []

    def has(self, name: bytes, token: bytes) -> bool:
        """Tell whether a list has this token, in whatever case."""
        value = self.joined(name).lower()
        return value == token or token in listed(value)

    def refused(self) -> Refused | None:
        """The first thing that is wrong, in the order of RFC 6455 section 4.2.1."""
        if len(self.all(b"host")) != 1:
            return Refused(400, "there must be one Host header")
        if not self.has(b"upgrade", b"websocket"):
            return Refused(400, "Upgrade must name websocket")
        if not self.has(b"connection", b"upgrade"):
            return Refused(400, "Connection must name Upgrade")
        versions = self.all(b"sec-websocket-version")
        if len(versions) != 1:
            return Refused(400, "there must be one Sec-WebSocket-Version header")
        if versions[0] != VERSION:
            version = (b"sec-websocket-version", VERSION)
            return Refused(426, "the WebSocket version must be 13", [version])
        keys = self.all(b"sec-websocket-key")
        if len(keys) != 1 or not _KEY.fullmatch(keys[0]):
            return Refused(400, "there must be one Sec-WebSocket-Key header, of 16 bytes in base64")
        return self._refused_choice() or self._refused_body()

    def _refused_choice(self) -> Refused | None:
        protocols = self.listed(b"sec-websocket-protocol")
        if not all(map(is_token, protocols)) or len(set(protocols)) < len(protocols):
            return Refused(400, "Sec-WebSocket-Protocol must be a list of distinct tokens")
        if not is_extension_list(self.joined(b"sec-websocket-extensions")):
            return Refused(400, "malformed Sec-WebSocket-Extensions")
        return None

    def _refused_body(self) -> Refused | None:
        """A body cannot be told from frames."""
        lengths = self.all(b"content-length")
        if self.all(b"transfer-encoding") or any(length != b"0" for length in lengths):
            return Refused(400, "an opening handshake has no body")
        return None
