"""What holds for every stream of bytes, whoever made it up: hypothesis, mutation or a fuzzer."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from itertools import pairwise

from websockets.extensions.permessage_deflate import PerMessageDeflate
from websockets.frames import Frame, Opcode
from websockets.http11 import Request as TheirRequest
from websockets.protocol import State
from websockets.server import ServerProtocol
from websockets.streams import StreamReader

from holdfast.wire import (
    Close,
    Event,
    Failed,
    Ping,
    Pong,
    Reader,
    Refused,
    Request,
    accept_response,
    http_response,
    negotiate,
    read_head,
)
from tests.wire.support import DEFLATED, in_parts

LIMIT = 1000  # bytes of a message

SILENT = logging.getLogger("tests.wire.silent")
SILENT.setLevel(logging.CRITICAL + 1)


def cut(data: bytes, cuts: Iterable[int]) -> list[bytes]:
    """The data in parts, cut at these positions (modulo its length)."""
    at = sorted({0, len(data), *(one % (len(data) + 1) for one in cuts)})
    return [data[start:end] for start, end in pairwise(at)]


def judge_stream(
    data: bytes, cuts: Iterable[int], deflated: bool, kind: type[Reader] = Reader
) -> None:
    """Read a stream whole, in parts and byte by byte; compare, also with another server."""
    deflate = DEFLATED if deflated else None
    reader = kind(LIMIT, deflate)
    events = reader.feed(data)
    _judge_end(reader, events)
    for parts in (cut(data, cuts), [data[at : at + 1] for at in range(len(data))]):
        again = in_parts(parts, kind(LIMIT, deflate))
        assert _comparable(again, deflated) == _comparable(events, deflated)
    _judge_by_theirs(events, data, deflated)


def _judge_end(reader: Reader, events: list[Event]) -> None:
    for event in events[:-1]:
        assert not isinstance(event, Close | Failed)
    for event in events:
        if isinstance(event, str | bytes):
            assert len(event if isinstance(event, bytes) else event.encode()) <= LIMIT
    if events and isinstance(events[-1], Close | Failed):
        assert reader.feed(b"\x81\x80abcd") == []


def _comparable(events: list[Event], deflated: bool) -> list[Event]:
    """The events; corrupt data that is too big may fail for either reason.

    How far zlib looks ahead of what it gives out depends on where its input is cut.
    """
    if deflated and events and isinstance(events[-1], Failed) and events[-1].code != 1002:
        return [*events[:-1], Failed(1007, "")]
    return events


class Theirs:
    """What the server side of `websockets` makes of a stream."""

    def __init__(self, data: bytes, deflated: bool) -> None:
        protocol = ServerProtocol(state=State.OPEN, max_size=LIMIT, logger=SILENT)
        if deflated:
            protocol.extensions = [PerMessageDeflate(True, True, 15, 15)]
        protocol.receive_data(data)
        self.error = protocol.parser_exc
        self.events: list[Event] = []
        self.closed: Close | None = None
        self._parts: list[bytes] = []
        self._text = False
        for one in protocol.events_received():
            assert isinstance(one, Frame)
            self._take(one)

    def _take(self, one: Frame) -> None:
        data = bytes(one.data)
        if one.opcode is Opcode.CLOSE:
            code = int.from_bytes(data[:2], "big") if data else 1005
            self.closed = Close(code, data[2:].decode())
        elif one.opcode is Opcode.PING:
            self.events.append(Ping(data))
        elif one.opcode is Opcode.PONG:
            self.events.append(Pong(data))
        else:
            self._take_data(one, data)

    def _take_data(self, one: Frame, data: bytes) -> None:
        if one.opcode is not Opcode.CONT:
            self._parts, self._text = [], one.opcode is Opcode.TEXT
        self._parts.append(data)
        if one.fin:
            whole = b"".join(self._parts)
            # Replaced where it is not UTF-8: no reader of ours gives that.
            self.events.append(whole.decode(errors="replace") if self._text else whole)


def _judge_by_theirs(events: list[Event], data: bytes, deflated: bool) -> None:
    """We may be stricter, and must otherwise tell the same."""
    theirs = Theirs(data, deflated)
    last = events[-1] if events else None
    ours = events[:-1] if isinstance(last, Close | Failed) else events
    for mine, other in zip(ours, theirs.events, strict=False):
        # After a final block they drop what follows; we read on (RFC 7692 section 7.2.3.4).
        assert mine == other or (deflated and type(mine) is type(other) and _starts(mine, other))
    if isinstance(last, Failed):
        assert len(ours) <= len(theirs.events) or theirs.error is not None
    elif theirs.error is None:
        assert len(ours) == len(theirs.events)
        assert theirs.closed == last if isinstance(last, Close) else theirs.closed is None
    elif isinstance(last, Close):  # RFC 6455 section 7.1.5: also within a message
        assert "incomplete fragmented message" in str(theirs.error)
    else:  # they measure a compressed message by its frame
        assert deflated
        assert "exceeds limit" in str(theirs.error) or "over size limit" in str(theirs.error)


def _starts(mine: Event, other: Event) -> bool:
    if isinstance(mine, str) and isinstance(other, str):
        return mine.startswith(other)
    return isinstance(mine, bytes) and isinstance(other, bytes) and mine.startswith(other)


def judge_head(data: bytes, cuts: Iterable[int]) -> None:
    """Read a request head as it grows; what is accepted is what another parser reads."""
    answer = read_head(data)
    size = 0
    for part in cut(data, cuts):
        size += len(part)
        sooner = read_head(data[:size])
        if sooner is None:
            continue
        assert type(sooner) is type(answer)
        if isinstance(sooner, Request) and isinstance(answer, Request):
            assert (sooner.raw, sooner.headers) == (answer.raw, answer.headers)
        break
    if isinstance(answer, Request):
        _judge_request(answer, data)
    elif isinstance(answer, Refused):
        http_response(answer.status, answer.headers, answer.reason.encode())


def _judge_request(request: Request, data: bytes) -> None:
    assert request.raw + request.rest == data
    deflate = negotiate(request.offers)
    subprotocol = request.subprotocols[0] if request.subprotocols else None
    accept_response(request.key, subprotocol, deflate and deflate.response)
    reader = StreamReader()
    reader.feed_data(request.raw)
    try:
        next(TheirRequest.parse(reader.read_line))
    except StopIteration as done:
        theirs = done.value
    assert theirs.path == request.target.decode()
    headers = [
        (name.lower(), value.encode("latin-1")) for name, value in theirs.headers.raw_items()
    ]
    assert headers == [(name.decode(), value) for name, value in request.headers]
