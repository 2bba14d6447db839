"""What an opening handshake is answered with (RFC 6455 section 4.2.2)."""

from base64 import b64encode
from collections.abc import Iterable
from hashlib import sha1
from http import HTTPStatus

from holdfast.wire.grammar import is_token, is_value

_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

# An answer that switches protocols has no body (RFC 9110 section 15.2), and the others are ours.
_OURS = frozenset(
    (
        b"upgrade",
        b"connection",
        b"sec-websocket-accept",
        b"sec-websocket-extensions",
        b"content-length",
        b"transfer-encoding",
    )
)

_ACCEPT = (
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Accept: "
)


def accept_key(key: bytes) -> bytes:
    """The value of Sec-WebSocket-Accept for a Sec-WebSocket-Key."""
    return b64encode(sha1(key + _GUID, usedforsecurity=False).digest())


def accept_response(
    key: bytes,
    subprotocol: str | None = None,
    extension: bytes | None = None,
    headers: Iterable[tuple[bytes, bytes]] = (),
) -> bytes:
    """The answer that opens the connection. Raises ValueError for a header that would break it."""
    parts = [_ACCEPT, accept_key(key), b"\r\n"]
    if subprotocol is not None:
        token = subprotocol.encode()
        if not is_token(token):
            raise ValueError(
                f"the subprotocol {subprotocol!r} is no token (RFC 6455 section 4.2.2)"
            )
        parts.append(b"Sec-WebSocket-Protocol: %b\r\n" % token)
    if extension is not None:
        parts.append(_line(b"Sec-WebSocket-Extensions", extension))
    for name, value in headers:
        lower = name.lower()
        if lower in _OURS or (lower == b"sec-websocket-protocol" and subprotocol is not None):
            raise ValueError(f"the header {lower.decode()} of an accepted handshake is not yours")
        parts.append(_line(name, value))
    parts.append(b"\r\n")
    return b"".join(parts)


def http_response(
    status: int, headers: Iterable[tuple[bytes, bytes]] = (), body: bytes = b""
) -> bytes:
    """A plain HTTP answer. Content-Length and Connection: close are added unless given.

    Date is the caller's, who has a clock. Raises ValueError for a header that would break it.
    """
    parts = [b"HTTP/1.1 %d %b\r\n" % (status, _phrase(status))]
    given = set()
    for name, value in headers:
        parts.append(_line(name, value))
        given.add(name.lower())
    bodiless = status in (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED)
    if not bodiless and not given & {b"content-length", b"transfer-encoding"}:
        parts.append(b"Content-Length: %d\r\n" % len(body))
    if b"connection" not in given:
        parts.append(b"Connection: close\r\n")
    parts.append(b"\r\n")
    if not bodiless:
        parts.append(body)
    return b"".join(parts)


def _phrase(status: int) -> bytes:
    if not 200 <= status <= 599:
        raise ValueError(f"{status} is no status of a final answer (RFC 9110 section 15)")
    try:
        return HTTPStatus(status).phrase.encode()
    except ValueError:
        return b""  # it may be empty (RFC 9112 section 4)


def _line(name: bytes, value: bytes) -> bytes:
    """One header line. CR and LF in it would start another one: the application's mistake."""
    if not is_token(name):
        raise ValueError(f"{name!r} is no header name (RFC 9110 section 5.1)")
    if not is_value(value):
        raise ValueError(f"the header {name!r} has control characters in its value")
    return b"%b: %b\r\n" % (name, value)
