"""The driver for Redis and what speaks its protocol, over redis-py.

Keys, behind the prefix: ``log:CHANNEL`` (a hash: epoch, offset, tag, options), ``entries:CHANNEL``
(a stream: the history), ``answers:PUBLISHER`` (a hash: what it was answered last), ``once:HASH``
(an idempotency key) and ``rules``. What is published on ``to:CHANNEL`` is an entry of the history.

Two connections of redis-py's are used as they are, without its client, whose subscriptions connect
again without a word and never notice a server that hangs (measured).
"""

import asyncio
import secrets
from collections.abc import Sequence
from importlib.resources import files
from typing import Any

from redis.exceptions import (
    AuthenticationError,
    NoPermissionError,
    NoScriptError,
    ReadOnlyError,
    ResponseError,
)
from typing_extensions import override

from holdfast.backplane import redis_format as form
from holdfast.backplane.driver import BrokerRefused, Driver, Outgoing, Query, Receive
from holdfast.backplane.port import HistoryPage, Position, Rule
from holdfast.backplane.redis_address import RedisAddress

LEAST = (6, 2)  # the version
LOG, ANSWERS, ONCE = 3600, 86400, 300  # seconds: lifetimes of what is not used
GONE = (NoScriptError, ReadOnlyError)  # answers after which another connection may help

PUBLISH, READ = (
    files("holdfast.backplane").joinpath(name).read_text() for name in ("publish.lua", "read.lua")
)


class RedisDriver(Driver):
    """One Redis, or the master that its sentinels name."""

    def __init__(self, address: RedisAddress) -> None:
        self.name = address.name
        self._address = address
        self._prefix = f"{address.prefix}:"
        self._subject = form.data(f"{self._prefix}to:")
        self._asking: Any = None
        self._listening: Any = None
        self._lock = asyncio.Lock()
        self._scripts: Sequence[bytes] = ()
        self._unconfirmed = 0
        self._confirmed = asyncio.Event()

    @override
    async def connect(self, rules: Sequence[Rule]) -> None:
        self._lock = asyncio.Lock()
        self._asking, self._listening = self._address.connection(), self._address.connection()
        try:
            await self._asking.connect()
            await self._listening.connect()
            (server,) = await self._ask([("INFO", "server")])
            form.check_version(server, LEAST)
            scripts = [("SCRIPT", "LOAD", PUBLISH), ("SCRIPT", "LOAD", READ)]
            stored = [pair for rule in rules for pair in form.rule(rule)]
            storing = [("HSET", self._prefix + "rules", *stored)] if stored else []
            self._scripts = (await self._ask([*scripts, *storing]))[:2]
        except (AuthenticationError, NoPermissionError) as error:
            raise BrokerRefused(form.refusal(error)) from error

    @override
    async def listen(self, receive: Receive) -> None:
        start = len(self._subject)
        while True:
            kind, subject, entry = await self._listening.read_response(disable_decoding=True)
            if kind == b"message":
                receive(form.text(subject[start:]), *form.entry(entry))
            else:
                self._unconfirmed -= 1
                if not self._unconfirmed:
                    self._confirmed.set()

    @override
    async def subscribe(self, channels: Sequence[str]) -> None:
        await self._change("SUBSCRIBE", channels)

    @override
    async def unsubscribe(self, channels: Sequence[str]) -> None:
        await self._change("UNSUBSCRIBE", channels)

    @override
    async def publish(self, batch: Sequence[Outgoing]) -> Sequence[Position | Exception]:
        made = [self._publishing(one) for one in batch]
        asked = [one for one in made if not isinstance(one, Exception)]
        answers = iter(await self._ask(asked, errors=True))
        found = [one if isinstance(one, Exception) else next(answers) for one in made]
        return [one if isinstance(one, Exception) else form.position(one) for one in found]

    @override
    async def read(self, queries: Sequence[Query]) -> Sequence[HistoryPage]:
        answers = await self._ask([self._reading(query) for query in queries])
        return [form.page(query, answer) for query, answer in zip(queries, answers, strict=True)]

    @override
    async def close(self) -> None:
        for connection in (self._asking, self._listening):
            if connection is not None:
                await connection.disconnect(nowait=True)

    def _publishing(self, one: Outgoing) -> Sequence[Any] | Exception:
        """The call; or why there is none, so that one message never stops all behind it."""
        try:
            return self._call(one)
        except Exception as error:
            return error

    def _call(self, one: Outgoing) -> Sequence[Any]:
        channel, message = form.data(one.channel), one.message
        keys = [*self._keys(channel), self._prefix + "answers:" + one.publisher]
        keys.append(self._prefix + "rules")
        if message.idempotency_key is not None:
            keys.append(form.once(self._prefix, channel, message.idempotency_key))
        version = "" if message.version is None else message.version
        fresh, body = secrets.token_hex(4), form.body(message)
        said = (self._subject + channel, fresh, one.publisher, one.number, body)
        kept = (*form.keeps(one.history), version, LOG, ANSWERS, ONCE, channel)
        return ("EVALSHA", self._scripts[0], len(keys), *keys, *said, *kept)

    def _reading(self, query: Query) -> Sequence[Any]:
        mode = "known" if query.known else "since" if query.since else ""
        position = query.known or query.since or Position("", 0)
        asked = (mode, *position, query.limit, int(query.reverse), LOG)
        keys = self._keys(form.data(query.channel))
        fresh = secrets.token_hex(4)
        return ("EVALSHA", self._scripts[1], 2, *keys, fresh, *form.keeps(query.history), *asked)

    def _keys(self, channel: bytes) -> Sequence[bytes]:
        prefix = self._prefix.encode()
        return [prefix + b"log:" + channel, prefix + b"entries:" + channel]

    async def _change(self, command: str, channels: Sequence[str]) -> None:
        self._unconfirmed = len(channels)
        self._confirmed.clear()
        subjects = [self._subject + form.data(channel) for channel in channels]
        await self._listening.send_command(command, *subjects, check_health=False)
        await self._confirmed.wait()

    async def _ask(self, commands: Sequence[Sequence[Any]], errors: bool = False) -> Sequence[Any]:
        """The answers to these commands, sent in one go."""
        async with self._lock:
            packed = self._asking.pack_commands(commands)
            await self._asking.send_packed_command(packed, check_health=False)
            answers = [await self._answer() for _ in commands]
        for answer in answers:
            if isinstance(answer, GONE) or (isinstance(answer, Exception) and not errors):
                raise answer
        return answers

    async def _answer(self) -> Any:
        try:
            return await self._asking.read_response(disable_decoding=True)
        except ResponseError as error:
            return error
