"""The driver for Redis and what speaks its protocol, over redis-py.

Keys, behind the prefix: ``log:CHANNEL`` (a hash: epoch, offset, tag, options), ``entries:CHANNEL``
(a stream: the history), ``answers:PUBLISHER`` (a hash: what it was answered last), ``once:HASH``
(an idempotency key) and ``rules``. What is published on ``to:CHANNEL`` is an entry of the history.

Two connections of redis-py's are used as they are, without its client, whose subscriptions connect
again without a word and never notice a server that hangs (measured).
"""

import asyncio
import logging
from collections.abc import Sequence
from typing import Any

from redis.exceptions import AuthenticationError, NoPermissionError, ResponseError
from typing_extensions import override

from holdfast.backplane.driver import BrokerRefused, Driver, Outgoing, Query, Receive
from holdfast.backplane.port import HistoryPage, Position, Rule
from holdfast.backplane.redis import entries
from holdfast.backplane.redis.address import RedisAddress
from holdfast.backplane.redis.answers import (
    answer,
    check_version,
    connected,
    is_away,
    packed,
    refusal,
)
from holdfast.backplane.redis.calls import Calls

log = logging.getLogger("holdfast")

LEAST = (6, 2)  # the version


class RedisDriver(Driver):
    """One Redis, or the master that its sentinels name."""

    def __init__(self, address: RedisAddress) -> None:
        self.name = address.name
        self._address = address
        self._calls = Calls(address.prefix)
        self._asking: Any = None
        self._listening: Any = None
        self._turn = asyncio.Lock()
        self._unconfirmed = 0
        self._confirmed = asyncio.Event()

    @override
    async def connect(self, rules: Sequence[Rule]) -> None:
        self._turn = asyncio.Lock()  # whoever waits for the old one asks a connection that is gone
        self._asking, self._listening = self._address.connection(), self._address.connection()
        try:
            await self._asking.connect()
            await self._listening.connect()
            await self._address.forget_sentinels()
            (server,) = await self._ask([("INFO", "server")])
            check_version(server, LEAST)
            await self._ask(self._calls.begin(rules))
            await self._may_subscribe()
        except (AuthenticationError, NoPermissionError) as error:
            raise BrokerRefused(refusal(error)) from error
        except ResponseError as error:  # a database that is not there
            if is_away(error):
                raise
            raise BrokerRefused(str(error)) from error

    @override
    async def listen(self, receive: Receive) -> None:
        while True:
            kind, subject, entry = await self._listening.read_response(disable_decoding=True)
            if kind == b"message":
                self._hand_on(subject, entry, receive)
            else:
                self._unconfirmed -= 1
                if not self._unconfirmed:
                    self._confirmed.set()

    def _hand_on(self, subject: bytes, raw: bytes, receive: Receive) -> None:
        channel = self._calls.channel(subject)
        try:
            entry = entries.entry(raw)
        except Exception as error:  # somebody else's; or of a newer version, and is missed then
            log.warning("%s: what came for %r is no publication: %s", self.name, channel, error)
            return
        receive(channel, *entry)

    @override
    async def subscribe(self, channels: Sequence[str]) -> None:
        await self._change("SUBSCRIBE", channels)

    @override
    async def unsubscribe(self, channels: Sequence[str]) -> None:
        await self._change("UNSUBSCRIBE", channels)

    @override
    async def publish(self, batch: Sequence[Outgoing]) -> Sequence[Position | Exception]:
        made = [self._calls.publish(one) for one in batch]
        asked = [one for one in made if not isinstance(one, Exception)]
        answers = iter(await self._ask(asked, errors=True))
        found = [one if isinstance(one, Exception) else next(answers) for one in made]
        return [one if isinstance(one, Exception) else entries.position(one) for one in found]

    @override
    async def read(self, queries: Sequence[Query]) -> Sequence[HistoryPage | Exception]:
        answers = await self._ask([self._calls.read(query) for query in queries], errors=True)
        return [entries.read(query, one) for query, one in zip(queries, answers, strict=True)]

    @override
    async def close(self) -> None:
        for connection in (self._asking, self._listening):
            if connection is not None:
                await connection.disconnect(nowait=True)
        await self._address.forget_sentinels()

    async def _may_subscribe(self) -> None:
        """Redis gives a user no channels unless they are named: better found out now than later."""
        for command in ("SUBSCRIBE", "UNSUBSCRIBE"):
            await self._listening.send_command(command, self._calls.subject(""), check_health=False)
            await self._listening.read_response(disable_decoding=True)

    async def _change(self, command: str, channels: Sequence[str]) -> None:
        self._unconfirmed = len(channels)
        self._confirmed.clear()
        subjects = [self._calls.subject(channel) for channel in channels]
        connected(self._listening)
        await self._listening.send_command(command, *subjects, check_health=False)
        await self._confirmed.wait()

    async def _ask(self, commands: Sequence[Sequence[Any]], errors: bool = False) -> Sequence[Any]:
        """The answers to these commands, sent in one go."""
        asking = self._asking  # another one soon, if this is lost while we wait for our turn
        async with self._turn:
            connected(asking)
            await asking.send_packed_command(packed(asking, commands), check_health=False)
            answers = [await answer(asking) for _ in commands]
        for one in answers:
            if isinstance(one, Exception) and (not errors or is_away(one)):
                raise one
        return answers
