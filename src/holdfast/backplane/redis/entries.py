"""How publications, positions and options are written in Redis."""

import hashlib
from collections.abc import Sequence
from itertools import dropwhile
from typing import Any

import msgspec

from holdfast.backplane.driver import Query
from holdfast.backplane.port import (
    UNKNOWN,
    Data,
    HistoryPage,
    Json,
    Keeps,
    Message,
    Position,
    Publication,
    Rule,
    Tags,
)

Entry = tuple[str, str, Publication]


class Body(msgspec.Struct, array_like=True, omit_defaults=True):
    """What of a publication the broker only carries."""

    kind: str  # t(ext), b(ytes) or j(son)
    data: bytes
    key: str | None = None
    tags: Tags = ()


_pack = msgspec.msgpack.Encoder().encode
_unpack = msgspec.msgpack.Decoder(Body).decode


def data(text: str) -> bytes:
    """Any text as bytes. Channel names are not always Unicode: a lone surrogate stays itself."""
    return text.encode("utf-8", "surrogatepass")


def text(raw: bytes) -> str:
    """And back."""
    return raw.decode("utf-8", "surrogatepass")


def body(message: Message) -> bytes:
    """A message as it is carried."""
    content = message.data
    if isinstance(content, str):
        return _pack(Body("t", data(content), message.key, message.tags))
    kind = "j" if isinstance(content, Json) else "b"
    return _pack(Body(kind, bytes(content), message.key, message.tags))


def entry(raw: bytes) -> Entry:
    """Read an entry of a history: its epoch, the tag before it, and the publication."""
    head, _, rest = raw.partition(b"\n")
    epoch, offset, before, tag, time = head.decode().split(",")
    carried = _unpack(rest)
    content: Data = carried.data
    if carried.kind != "b":
        content = text(carried.data) if carried.kind == "t" else Json(carried.data)
    publication = Publication(
        int(offset), content, carried.key, carried.tags, int(time) / 1000, tag
    )
    return epoch, before, publication


def position(raw: bytes) -> Position:
    """Read the answer to a publication."""
    epoch, offset, tag = raw.decode().split(",")
    return Position(epoch, int(offset), tag)


def page(query: Query, answer: Sequence[bytes]) -> HistoryPage:
    """Read the answer to a query: in rising order, unless it asked for the newest first."""
    epoch, offset, tag, complete, expired, *raw = answer
    head = Position(epoch.decode(), int(offset), tag.decode())
    found = [entry(one) for one in raw]
    found.sort(key=lambda one: one[2].offset)
    if query.known is None:  # a log that is followed takes what there is, older than that or not
        # Only those before the first that has not: a clock may have gone back.
        found = list(dropwhile(lambda one: one[2].time * 1000 < int(expired), found))
    first = found[0] if found else None
    cut = query.reverse and len(found) == query.limit
    whole = bool(complete) and (cut or _goes_on(query, head, first))
    publications = [one[2] for one in (reversed(found) if query.reverse else found)]
    return HistoryPage(head, publications, whole, first[1] if first else head.tag)


def read(query: Query, answer: Sequence[bytes] | Exception) -> HistoryPage | Exception:
    """The same; or what is wrong with this one log, which is no matter of the others."""
    if isinstance(answer, Exception):
        return answer
    try:
        return page(query, answer)
    except Exception as error:
        return ValueError(f"what Redis keeps of {query.channel!r} cannot be read: {error}")


def _goes_on(query: Query, head: Position, first: Entry | None) -> bool:
    """Whether nothing has expired between its position and the first that has not."""
    if query.since is None:
        return True
    return (first[2].offset if first else head.offset + 1) == query.since.offset + 1


def keeps(history: Keeps) -> Sequence[Any]:
    """Size and ttl in milliseconds; ``?`` for what is stored already."""
    if history is UNKNOWN:
        return ("?", "?")
    return (history.size, int(history.ttl * 1000)) if history else (0, 0)


def rule(stored: Rule) -> tuple[bytes, bytes]:
    """A field and its value: how much literal text, size, ttl, and the literals, for Lua."""
    # As text, for the Lua of Redis reads no bytes; what is no Unicode fits nothing then.
    literals = [one.encode(errors="replace").decode() for one in stored.literals]
    size, ttl = keeps(stored.history)
    length = sum(len(one.encode()) for one in literals)
    return "*".join(literals).encode(), _pack([length, size, ttl, literals])


def once(channel: bytes, key: str) -> bytes:
    """The name of an idempotency key: hashed, since users make such keys of anything."""
    return hashlib.sha256(channel + b"\0" + data(key)).hexdigest()[:32].encode()
