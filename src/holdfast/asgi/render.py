"""What publications look like in a WebSocket message or an SSE event."""

import base64
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Protocol

import msgspec
from typing_extensions import override

from holdfast.backplane.port import Data, Json, Position, Publication
from holdfast.hub.link import UNCOUNTED, Batch, Rendering
from holdfast.hub.overflow import CONFLATION, Overflow

Where = tuple[tuple[str, tuple[str, ...]], ...]
"""A tag filter in canonical form: sorted keys, sorted values."""

ASGIMessage = dict[str, Any]


class Plain:
    """The data alone. A gap is not in the frames: the connection is told of it."""

    def choose(self, publications: Sequence[Publication]) -> Sequence[Publication]:
        """All of them."""
        return publications

    def matching(self, publications: Sequence[Publication]) -> Sequence[Publication]:
        """Those it shows at all."""
        return publications

    def render(self, batch: Batch) -> Sequence[ASGIMessage]:
        """One WebSocket message a publication."""
        messages = self.messages(batch, batch.publications)
        batch.count = len(messages)
        return messages

    def messages(self, batch: Batch, publications: Iterable[Publication]) -> list[ASGIMessage]:
        """The same for some of the batch's publications."""
        return [websocket_message(publication.data) for publication in publications]

    def gap(self, channel: str, missed: int | None) -> ASGIMessage | None:
        """The notice of a gap, where there is a form for it. None for a number nobody knows."""
        return None


class Envelope(Plain):
    """``{"channel", "offset", "epoch", "data"}``, and gaps as ``{"holdfast": "gap", ...}``.

    Where positions have a tag, it stands there as ``tag``.
    """

    def messages(self, batch: Batch, publications: Iterable[Publication]) -> list[ASGIMessage]:
        messages = [self._message(batch, publication) for publication in publications]
        if batch.missed:
            messages.insert(0, self.gap(batch.channel, counted(batch.missed)))
        return messages

    @override
    def gap(self, channel: str, missed: int | None) -> ASGIMessage:
        notice = {"holdfast": "gap", "channel": channel, "missed": missed}
        return text_message(msgspec.json.encode(notice))

    def _message(self, batch: Batch, publication: Publication) -> ASGIMessage:
        envelope = {
            "channel": batch.channel,
            "offset": publication.offset,
            "epoch": batch.epoch,
            "data": as_json(publication.data),
        }
        if publication.tag:
            envelope["tag"] = publication.tag
        if is_binary(publication.data):
            envelope["encoding"] = "base64"
        return text_message(msgspec.json.encode(envelope))


class Events(Plain):
    """Server-sent events: the position as ``id``, gaps as ``event: gap``; one chunk a batch."""

    def messages(self, batch: Batch, publications: Iterable[Publication]) -> list[ASGIMessage]:
        chunks = []
        if batch.missed:
            chunks.append(gap_event(batch.channel, counted(batch.missed)))
        chunks += [self._event(batch.epoch, publication) for publication in publications]
        return [body_message(b"".join(chunks))] if chunks else []

    @override
    def gap(self, channel: str, missed: int | None) -> ASGIMessage:
        return body_message(gap_event(channel, missed))

    def _event(self, epoch: str, publication: Publication) -> bytes:
        position = Position(epoch, publication.offset, publication.tag)
        return event(event_text(publication.data), str(position))


class Filtered(Plain):
    """Another rendering, for publications whose tags match: evaluated once per distinct filter."""

    def __init__(self, inner: Plain, where: Where) -> None:
        self._inner = inner
        self._where = dict(where)

    @override
    def matching(self, publications: Iterable[Publication]) -> Sequence[Publication]:
        return list(filter(self._matches, publications))

    @override
    def messages(self, batch: Batch, publications: Iterable[Publication]) -> list[ASGIMessage]:
        """The messages of those publications that match, which may be none."""
        return self._inner.messages(batch, self.matching(publications))

    def _matches(self, publication: Publication) -> bool:
        tags = dict(publication.tags)
        return all(tags.get(key) in values for key, values in self._where.items())


class Conflated(Plain):
    """Another rendering, for the newest of what an interval gathered.

    Not a matter of the hub's cursors: the reader has passed the others, it has missed nothing.
    """

    def __init__(self, inner: Plain, overflow: Overflow) -> None:
        self._inner = inner
        self._newest = CONFLATION[overflow]

    @override
    def choose(self, publications: Sequence[Publication]) -> Sequence[Publication]:
        return self._newest(self._inner.matching(publications))  # the newest of all may not

    @override
    def messages(self, batch: Batch, publications: Iterable[Publication]) -> list[ASGIMessage]:
        return self._inner.messages(batch, publications)


class Framer(Protocol):
    """Makes WebSocket frames; a server's link brings its own, for what it has negotiated."""

    def text(self, data: str | bytes) -> bytes:
        """A text frame, of UTF-8 where it is bytes."""

    def binary(self, data: bytes) -> bytes:
        """A binary frame."""


class Framed:
    """Another rendering, as the frames that are written to a socket: made once for all of them."""

    def __init__(self, inner: Plain, framer: Framer) -> None:
        self._inner = inner
        self._framer = framer
        self.choose = inner.choose

    def render(self, batch: Batch) -> bytes:
        """The frames of a batch."""
        return b"".join([frame_of(message, self._framer) for message in self._inner.render(batch)])


PLAIN, ENVELOPE, EVENTS = Plain(), Envelope(), Events()


def filtered(rendering: Plain, where: Mapping[str, str | Iterable[str]] | None) -> Plain:
    """The rendering restricted to tags; equal filters give the same object, so that batches are
    shared."""
    if not where:
        return rendering
    canonical = sorted(
        (key, (values,) if isinstance(values, str) else tuple(sorted(set(values))))
        for key, values in where.items()
    )
    return _filtered(rendering, tuple(canonical))


@lru_cache(maxsize=4096)
def conflated(rendering: Plain, overflow: Overflow) -> Plain:
    """What a channel with a ``flush_interval`` shows who reads it with that policy."""
    return Conflated(rendering, overflow) if overflow in CONFLATION else rendering


_framed = lru_cache(maxsize=4096)(Framed)
_filtered = lru_cache(maxsize=4096)(Filtered)  # one evicted costs sharing, nothing else


def formed(rendering: Plain, link: Any) -> Rendering:
    """The rendering in the form that the link takes: frames, or ASGI messages as it is."""
    return rendering if link.framer is None else _framed(rendering, link.framer)


def websocket_message(data: Data) -> ASGIMessage:
    """The ASGI message for one WebSocket message."""
    if isinstance(data, str):
        return {"type": "websocket.send", "text": data}
    if isinstance(data, Json):
        return text_message(data)
    return {"type": "websocket.send", "bytes": data}


def frame_of(message: ASGIMessage, framer: Framer) -> bytes:
    """An ASGI message as a frame."""
    text = message.get("text")
    return framer.binary(message.get("bytes") or b"") if text is None else framer.text(text)


def text_message(data: bytes) -> ASGIMessage:
    """JSON as a WebSocket text message."""
    return {"type": "websocket.send", "text": data.decode()}


def body_message(chunk: bytes) -> ASGIMessage:
    """A chunk of an HTTP response that goes on."""
    return {"type": "http.response.body", "body": chunk, "more_body": True}


def event(text: str, id: str = "", name: str = "") -> bytes:
    """One server-sent event. CR, LF and CRLF all end a line of data (WHATWG HTML, 9.2.6)."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    head = (f"event: {name}\n" if name else "") + (f"id: {id}\n" if id else "")
    return (head + "".join(f"data: {line}\n" for line in lines) + "\n").encode()


def counted(missed: int) -> int | None:
    """The number; None for one that nobody knows."""
    return None if missed == UNCOUNTED else missed


def gap_event(channel: str, missed: int | None) -> bytes:
    """``event: gap``."""
    return event(msgspec.json.encode({"channel": channel, "missed": missed}).decode(), name="gap")


def is_binary(data: Data) -> bool:
    """Whether it travels as a binary frame."""
    return isinstance(data, bytes) and not isinstance(data, Json)


def as_json(data: Data) -> msgspec.Raw | str:
    """The data as a value inside JSON; binary as base64."""
    if isinstance(data, str):
        return data
    if isinstance(data, Json):
        return msgspec.Raw(data)
    return base64.b64encode(data).decode()


def event_text(data: Data) -> str:
    """The data of a server-sent event; binary as base64."""
    return str(as_json(data)) if is_binary(data) else as_text(data)


def as_text(data: Data) -> str:
    """Text and JSON as text."""
    return data if isinstance(data, str) else data.decode()
