"""The brokers that the contract is tried on: a line in ``BROKERS`` for each."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Protocol

import pytest

from holdfast.backplane.keeper import Patience
from holdfast.backplane.opening import Opener
from holdfast.backplane.port import (
    UNKNOWN,
    Backplane,
    Choices,
    History,
    Keeps,
    Message,
    Outage,
    Position,
    Rule,
)
from holdfast.hub.options import ChannelOptions, OptionTable
from holdfast.testing import until
from tests.backplane.sinks import Listener
from tests.support.redis import RedisServer

NUMBERS = itertools.count(1)

Histories = Mapping[str, History] | None
"""Patterns, and what their channels keep; None for who knows no options."""

NOTHING: Histories = {}


class Side:
    """One process's backplane, and what it brought."""

    def __init__(self, backplane: Backplane, sink: Listener) -> None:
        self.backplane = backplane
        self.sink = sink

    async def publish(self, channel: str, data: Any, **options: Any) -> Position:
        return await self.backplane.publish(channel, Message(data, **options))

    async def watch(self, channel: str) -> None:
        await self.backplane.watch(channel)

    async def reaches(self, channel: str, offset: int, timeout: float = 10) -> None:
        """Wait until a channel's log has come to an offset."""

        def there() -> bool:
            return channel in self.sink.heads and self.sink.heads[channel].offset >= offset

        await until(there, timeout, f"{channel} reaches {offset}: {self.sink.heads.get(channel)}")


class Broker(Protocol):
    """What several backplanes share."""

    name: str
    url: str
    selective: bool
    """Whether a backplane is brought only what it watches."""

    def backplane(self, histories: Histories) -> Backplane:
        """One more, not started."""

    def watchers(self, channel: str) -> int:
        """How many of them watch a channel, as the broker sees it."""


@asynccontextmanager
async def opened(
    broker: Broker, histories: Histories = NOTHING, wait: bool = True
) -> AsyncIterator[Side]:
    """One started backplane; at its end no rule of logs may have been broken."""
    sink = Listener()
    backplane = broker.backplane(histories)
    backplane.start(sink)
    try:
        if wait:
            await until(lambda: backplane.health.away is None)
        yield Side(backplane, sink)
    finally:
        await backplane.close()
    assert not sink.wrong


class MemoryBroker:
    """The memory of this process."""

    name = "memory"
    url = "memory://"
    selective = False

    def __init__(self) -> None:
        self._opener = Opener(self.url, table({}), Patience())

    def backplane(self, histories: Histories) -> Backplane:
        return self._opener.open()

    def watchers(self, channel: str) -> int:
        raise NotImplementedError


# Where the broker is there, what many calls take is no finding on a machine that tests share.
LONG = Patience(publish=60, join=60)


class RedisBroker:
    """A prefix of its own on a real server."""

    name = "redis"
    selective = True

    def __init__(
        self,
        server: RedisServer,
        url: str = "",
        patience: Patience = Patience(),
        outage: Outage = "raise",
    ) -> None:
        self.server = server
        self.prefix = f"t{next(NUMBERS)}"
        self.url = url or server.url_for(prefix=self.prefix)
        self.patience = patience
        self.outage: Outage = outage

    def backplane(self, histories: Histories) -> Backplane:
        return Opener(self.url, table(histories, self.outage), self.patience).open()

    def watchers(self, channel: str) -> int:
        return int(self.server.call("PUBSUB", "NUMSUB", f"{self.prefix}:to:{channel}")[1])


class KnowsNothing:
    """As a publisher outside, which leaves all to the broker's rules."""

    def choice(self, channel: str) -> tuple[Keeps, Outage]:
        return UNKNOWN, "raise"

    def rules(self) -> Sequence[Rule]:
        return ()


def table(histories: Histories, outage: Outage = "raise") -> Choices:
    """The options of an app that has chosen nothing else; ``outage`` is for channels without."""
    if histories is None:
        return KnowsNothing()
    options = OptionTable()
    options.add("{any}", ChannelOptions(outage=outage))
    for pattern, history in histories.items():
        options.add(pattern, ChannelOptions(history=history))
    return options


@asynccontextmanager
async def memory(request: pytest.FixtureRequest) -> AsyncIterator[Broker]:
    yield MemoryBroker()


@asynccontextmanager
async def redis(request: pytest.FixtureRequest) -> AsyncIterator[Broker]:
    yield RedisBroker(request.getfixturevalue("shared_redis"), patience=LONG)


BROKERS: Mapping[str, Callable[[pytest.FixtureRequest], AbstractAsyncContextManager[Broker]]] = {
    "memory": memory,
    "redis": redis,
}
