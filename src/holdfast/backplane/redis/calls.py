"""The calls of our two scripts, and the names of keys and subjects."""

import hashlib
import secrets
from collections.abc import Sequence
from importlib.resources import files
from typing import Any

from holdfast.backplane.driver import Outgoing, Query
from holdfast.backplane.port import Position, Rule
from holdfast.backplane.redis import entries

LOG, ANSWERS, ONCE = 3600, 6 * 3600, 300  # seconds: lifetimes of what is not used

Call = Sequence[Any]
"""A command and its arguments."""

SCRIPTS = [files(__package__).joinpath(name).read_text() for name in ("publish.lua", "read.lua")]
PUBLISH, READ = (hashlib.sha1(one.encode(), usedforsecurity=False).hexdigest() for one in SCRIPTS)


class Calls:
    """With the prefix of an app."""

    def __init__(self, prefix: str) -> None:
        self._prefix = entries.data(f"{prefix}:")
        self._subject = self._prefix + b"to:"

    def begin(self, rules: Sequence[Rule]) -> Sequence[Call]:
        """Load the scripts and store the rules."""
        loading: list[Call] = [("SCRIPT", "LOAD", one) for one in SCRIPTS]
        stored = [text for rule in rules for text in entries.rule(rule)]
        return [*loading, ("HSET", self._prefix + b"rules", *stored)] if stored else loading

    def subject(self, channel: str) -> bytes:
        """What a channel's publications are published on."""
        return self._subject + entries.data(channel)

    def channel(self, subject: bytes) -> str:
        """The channel of a subject."""
        return entries.text(subject[len(self._subject) :])

    def publish(self, one: Outgoing) -> Call | Exception:
        """The call; or why there is none, so that one message never stops all behind it."""
        try:
            return self._publish(one)
        except Exception as error:
            return error

    def read(self, query: Query) -> Call:
        """The same for a log."""
        mode = "known" if query.known else "since" if query.since else ""
        position = query.known or query.since or Position("", 0)
        asked = (mode, *position, query.limit, int(query.reverse), LOG, query.bytes)
        kept = entries.keeps(query.history)
        keys = self._keys(entries.data(query.channel))
        return ("EVALSHA", READ, len(keys), *keys, secrets.token_hex(4), *kept, *asked)

    def _publish(self, one: Outgoing) -> Call:
        channel, message = entries.data(one.channel), one.message
        answers = self._prefix + b"answers:" + one.publisher.encode()
        keys = [*self._keys(channel), answers, self._prefix + b"rules"]
        if message.idempotency_key is not None:
            keys.append(self._prefix + b"once:" + entries.once(channel, message.idempotency_key))
        version = "" if message.version is None else message.version
        body = entries.body(message)
        said = (self._subject + channel, secrets.token_hex(4), one.publisher, one.number, body)
        kept = (*entries.keeps(one.history), version, LOG, ANSWERS, ONCE, channel)
        return ("EVALSHA", PUBLISH, len(keys), *keys, *said, *kept)

    def _keys(self, channel: bytes) -> Sequence[bytes]:
        return [self._prefix + b"log:" + channel, self._prefix + b"entries:" + channel]
