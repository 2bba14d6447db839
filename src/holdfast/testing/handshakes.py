"""The opening handshake as a client says it, and what servers answer (RFC 6455 section 4)."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

KEY = "dGhlIHNhbXBsZSBub25jZQ=="  # the example of section 1.3: what answers it is known
ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
SWITCHING = 101


class Answer(NamedTuple):
    """A server's answer; names of headers are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes = b""


class HandshakeRefused(ConnectionError):
    """The server answered the handshake with something else than 101: see ``answer``."""

    def __init__(self, path: str, answer: Answer) -> None:
        text = answer.body.decode(errors="replace")
        super().__init__(f"the handshake for {path} was answered with {answer.status} {text}")
        self.answer = answer


def opening_request(
    path: str,
    host: str = "127.0.0.1",
    *,
    headers: Mapping[str, str] = {},
    origin: str = "",
    subprotocols: Sequence[str] = (),
) -> bytes:
    """The request of section 4.1. ``headers`` add to its headers, or replace them.

    >>> peer = await Peer.dial(port)
    >>> peer.write(opening_request("/ws")[:30])  # and then, say, peer.vanish()
    """
    lines = {
        "host": host,
        "connection": "Upgrade",
        "upgrade": "websocket",
        "sec-websocket-version": "13",
        "sec-websocket-key": KEY,
    }
    if origin:
        lines["origin"] = origin
    if subprotocols:
        lines["sec-websocket-protocol"] = ", ".join(subprotocols)
    lines |= {name.lower(): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"GET {path} HTTP/1.1\r\n{head}\r\n".encode("latin-1")


def read_answer(buffer: bytearray, ended: bool) -> Answer | None:
    """Take the answer off the buffer, once it is whole: at the latest when the connection ends."""
    head, mark, rest = bytes(buffer).partition(b"\r\n\r\n")
    if not mark:
        return None
    first, *lines = head.decode("latin-1").split("\r\n")
    pairs = (line.partition(":") for line in lines)
    headers = {name.lower(): value.strip() for name, _, value in pairs}
    answer = Answer(int(first.split()[1]), headers)
    length = 0
    if answer.status != SWITCHING:
        known = headers.get("content-length", "")
        length = int(known) if known else len(rest)
        if not ended and (len(rest) < length or not known):
            return None
    del buffer[: len(buffer) - len(rest) + length]
    return answer._replace(body=rest[:length])
