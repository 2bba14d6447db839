"""The running parts of one ``Holdfast``: a ``Runtime`` for each event loop that uses it."""

import asyncio
import os
import sys
from collections.abc import Callable

from holdfast.asgi.deadlines import Deadlines
from holdfast.asgi.everyone import EVERYONE
from holdfast.asgi.health import Readiness
from holdfast.asgi.limits import Limits
from holdfast.asgi.runtime import Runtime
from holdfast.asgi.stopping import uvicorn_stops
from holdfast.backplane.keeper import Keeper, Patience
from holdfast.backplane.opening import Opener
from holdfast.backplane.port import Health, History, Message, Position
from holdfast.backplane.publisher import Worker
from holdfast.hub.budget import Budget
from holdfast.hub.options import ChannelOptions, OptionTable

BROADCASTS = History(size=100, ttl=60)


class Runtimes:
    """Made on first use, one a loop. Raises ``ConfigurationError`` for a bad backplane."""

    def __init__(
        self,
        backplane: str,
        deadlines: Deadlines,
        limits: Limits,
        on_first: Callable[[], None],
    ) -> None:
        patience = Patience(
            deadlines.publish_timeout, deadlines.join_timeout, limits.buffer or sys.maxsize
        )
        self.options = OptionTable()
        self.opener = Opener(backplane, self.options, patience)
        if self.opener.exchange is None:  # a blip must not end every connection for a broadcast
            self.options.add(EVERYONE, ChannelOptions(history=BROADCASTS))
        self._deadlines = deadlines
        self._limits = limits
        self._budget = Budget(limits.memory)
        self._on_first = on_first
        self._runtimes: dict[int, Runtime] = {}

    def here(self) -> Runtime:
        """That of the running loop, started if it was not."""
        loop = asyncio.get_running_loop()
        runtime = self._runtimes.get(id(loop))
        if runtime is None or runtime.loop is not loop or runtime.process != os.getpid():
            backplane = self.opener.open()
            runtime = Runtime(backplane, self.options, self._deadlines, self._limits, self._budget)
            self._runtimes = {id(r.loop): r for r in [*self.live(), runtime]}
            self._on_first()
        return runtime

    def live(self) -> list[Runtime]:
        """Those whose loop is not closed; after a fork, none of the parent's."""
        here = os.getpid()
        held = list(self._runtimes.values())
        return [r for r in held if r.process == here and not r.loop.is_closed()]

    @property
    def health(self) -> Health:
        """That of the backplane, over all loops."""
        health = [runtime.backplane.health for runtime in self.live()]
        return Health(
            next((one.away for one in health if one.away is not None), None),
            sum(one.outages for one in health),
            sum(one.waiting for one in health),
        )

    def readiness(self) -> Readiness:
        """Whether this process should get new clients, and why not."""
        if uvicorn_stops():
            return Readiness("stopping", "the process stops")
        away = self.health.away
        return Readiness("ready") if away is None else Readiness("away", away)

    def publish(self, channel: str, message: Message) -> Position:
        """From a thread: through a loop that runs, or without one. Blocks until it is accepted."""
        for runtime in self.live():
            if runtime.loop.is_running():  # another would never answer; it takes it when it runs
                publishing = runtime.publish(channel, message)
                return asyncio.run_coroutine_threadsafe(publishing, runtime.loop).result()
        if self.opener.exchange is not None:
            return self.opener.exchange.publish(channel, message)
        worker = Worker(self._keeper)
        try:
            return worker.send(channel, message)
        finally:
            worker.stop()
            worker.join()

    def _keeper(self) -> Keeper:
        backplane = self.opener.open()
        assert isinstance(backplane, Keeper)  # memory has published by itself
        return backplane

    async def begin(self) -> None:
        """An app's lifespan on this loop begins."""
        runtime = self.here()
        runtime.lifespans += 1
        await runtime.ready()

    async def end(self) -> None:
        """It ends, and with the last of them all that runs on this loop."""
        runtime = self.here()
        runtime.lifespans -= 1
        if runtime.lifespans <= 0:  # other apps on this loop may still run
            del self._runtimes[id(runtime.loop)]
            await runtime.stop()
