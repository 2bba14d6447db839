"""The keeper: a backplane over any broker. Written once; a driver has nothing of what is here.

It connects, and connects again; it holds what is to be published (``Outbox``) and what is watched
(``Watching``); and it beats: a sign is published and must come back through the subscription. A
broker that hangs keeps its connections open and answers nothing, which no client library notices.
"""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress

import msgspec
from typing_extensions import override

from holdfast.backplane.condition import Condition
from holdfast.backplane.driver import BrokerRefused, Driver, Outgoing, Query
from holdfast.backplane.outbox import Outbox
from holdfast.backplane.patience import ANSWER, BEAT, Backoff, answered
from holdfast.backplane.port import (
    NOWHERE,
    Backplane,
    Choices,
    Health,
    HistoryPage,
    HistoryStore,
    Message,
    Position,
    Publication,
    Sink,
)
from holdfast.backplane.watching import Watching
from holdfast.errors import BackplaneUnavailable, ConfigurationError

REFUSED = 1.0  # seconds before a login that was refused is tried again
CLOSING = 2.0  # seconds for what waits to be published when the process stops

log = logging.getLogger("holdfast")


class Patience(msgspec.Struct, frozen=True):
    """How long calls wait for the broker, in seconds, and how many bytes may wait meanwhile."""

    publish: float = 5.0
    join: float = 5.0
    buffer: int = 16 << 20


class Keeper(Backplane, HistoryStore):
    """One process' (and event loop's) part in a broker."""

    def __init__(self, driver: Driver, choices: Choices, patience: Patience) -> None:
        self.store: HistoryStore | None = self
        self.condition = Condition()
        self._driver = driver
        self._choices = choices
        self._patience = patience
        self._outbox = Outbox(patience.buffer)
        self._backoff = Backoff()
        self._watching: Watching | None = None
        self._sink: Sink | None = None
        self._task: asyncio.Task[None] | None = None
        self._pulse = Pulse(self._outbox.publisher)

    @property
    def name(self) -> str:
        """The broker's address, without a password."""
        return self._driver.name

    # -- the port ------------------------------------------------------------------------------

    @property
    @override
    def health(self) -> Health:
        return self.condition.health(len(self._outbox))

    @override
    def start(self, sink: Sink) -> None:
        self._sink = sink
        self._watching = Watching(sink, self._choices, lambda: self._pulse.beat(self._driver))
        running = self._run(self._watching)
        self._task = asyncio.get_running_loop().create_task(running, name="holdfast keeper")

    @override
    async def watch(self, channel: str, upto: Position | None = None) -> None:
        watching, sink = self._started()
        await self.tried()
        if self.condition.away is not None and self._choices.choice(channel)[1] == "local":
            watching.watch_locally(channel)
            sink.begin(channel, HistoryPage(NOWHERE, ()))
            return
        left = self.condition.left(self._patience.join)
        why_not = await watching.watch(channel, left, upto)
        if why_not is not None:
            raise self._unavailable(f"join({channel!r})", why_not)

    @override
    def unwatch(self, channel: str) -> None:
        if self._watching is not None:
            self._watching.unwatch(channel)

    @override
    async def publish(self, channel: str, message: Message) -> Position:
        keeps, outage = self._choices.choice(channel)
        if self.condition.away is not None and outage == "local":
            return self._publish_locally(channel, message)
        self._started()
        left = self.condition.left(self._patience.publish)
        if outage == "raise" and not left:
            raise self._unavailable(f"publish({channel!r})")
        waiting = self._outbox.put(channel, message, keeps)
        if self.condition.away is not None and outage == "buffer":
            return NOWHERE
        try:
            async with asyncio.timeout(left):
                return await waiting.wait()
        except asyncio.CancelledError:
            self._outbox.give_up(waiting)
            raise
        except TimeoutError:
            if outage == "buffer":
                return NOWHERE
            self._outbox.give_up(waiting)
        if outage == "local":
            return self._publish_locally(channel, message)
        raise self._unavailable(f"publish({channel!r})")

    @override
    def publish_nowait(self, channel: str, message: Message) -> None:
        keeps, outage = self._choices.choice(channel)
        if self.condition.away is not None and outage == "local":
            self._publish_locally(channel, message)
        else:
            self._started()
            self._outbox.put(channel, message, keeps)

    @override
    async def history(
        self, channel: str, since: Position | None, limit: int, reverse: bool
    ) -> HistoryPage:
        keeps, _ = self._choices.choice(channel)
        query = Query(channel, keeps, None, since, limit, reverse)
        if self.condition.away is None:
            # A call that is given up in the middle is the end of the connection: this one is not.
            reading = asyncio.ensure_future(self._driver.read([query]))
            reading.add_done_callback(lambda task: task.cancelled() or task.exception())
            await asyncio.wait({reading}, timeout=self._patience.publish)
            if reading.done() and not reading.cancelled() and reading.exception() is None:
                (page,) = reading.result()
                if isinstance(page, Exception):
                    raise BackplaneUnavailable(f"history({channel!r}): {self.name}: {page}")
                return page
        raise self._unavailable(f"history({channel!r})")

    @override
    async def close(self) -> None:
        task, self._task = self._task, None
        if task is None:
            return
        if self.condition.away is None:
            with suppress(TimeoutError):
                async with asyncio.timeout(CLOSING):
                    await self._outbox.drained()
        while not task.done():
            task.cancel()
            await asyncio.wait({task}, timeout=1)
        if self._watching is not None:
            self._watching.close()
        lost = self._outbox.close(BackplaneUnavailable(f"backplane {self.name} is closed"))
        if lost:
            log.error("backplane %s: closed with %d publications not sent", self.name, lost)

    async def tried(self) -> None:
        """Wait, at most ``Patience.join`` seconds, for the first connection to succeed or fail.

        Raises ``ConfigurationError`` for a failure that no retry mends.
        """
        if not self.condition.changed.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(self._patience.join):
                    await self.condition.changed.wait()
        if self.condition.refused and not self.condition.reached:
            raise ConfigurationError(f"backplane {self.name}: {self.condition.away}")

    # -- without a broker ----------------------------------------------------------------------

    def _publish_locally(self, channel: str, message: Message) -> Position:
        watching, sink = self._started()
        watching.show_locally(channel)
        sink.deliver_locally(channel, message)
        return NOWHERE

    def _started(self) -> tuple[Watching, Sink]:
        if self._task is None or self._watching is None or self._sink is None:
            raise BackplaneUnavailable(f"backplane {self.name} is closed")
        return self._watching, self._sink

    def _unavailable(self, what: str, why_not: str = "") -> BackplaneUnavailable:
        if self._task is None:
            return BackplaneUnavailable(f"{what}: backplane {self.name} is closed")
        if why_not:
            return BackplaneUnavailable(f"{what}: backplane {self.name}: {why_not}")
        why = self.condition.away or "it did not answer in time"
        return BackplaneUnavailable(f"{what}: backplane {self.name} is away: {why}")

    # -- with one ------------------------------------------------------------------------------

    async def _run(self, watching: Watching) -> None:
        while True:
            try:
                await self._session(watching)
            except Exception as error:
                if self._task is None:  # closed; a task group prefers an error to a cancellation
                    return
                self._went(reason_of(error))
            await asyncio.sleep(REFUSED if self.condition.refused else self._backoff.next())

    async def _session(self, watching: Watching) -> None:
        """From one connection to the loss of it, which is an exception."""
        driver = self._driver
        try:
            await answered(driver.connect(self._choices.rules()), ANSWER)
            async with asyncio.TaskGroup() as group:
                group.create_task(driver.listen(self._receive), name="holdfast keeper: listens")
                await self._pulse.begin(driver)
                self.condition.came()
                group.create_task(self._outbox.run(driver), name="holdfast keeper: sends")
                await watching.restore(driver)
                self._is_back(watching)
                group.create_task(watching.run(driver), name="holdfast keeper: watches")
                group.create_task(
                    self._pulse.run(driver, watching.look), name="holdfast keeper: beats"
                )
        finally:
            watching.lost()
            await driver.close()

    def _receive(self, channel: str, epoch: str, before: str, publication: Publication) -> None:
        if channel == self._pulse.channel:
            self._pulse.hear(publication)
        elif self._watching is not None:
            self._watching.receive(channel, epoch, before, publication)

    def _went(self, error: BaseException) -> None:
        reason = str(error).rstrip(".") or type(error).__name__
        refused = isinstance(error, BrokerRefused)
        if self.condition.went(reason, refused):
            log.error(
                "backplane %s is away: %s. It is tried again until it is back; what is published "
                "meanwhile fails, waits, or is shown in this process only (outage=...)",
                self.name,
                reason,
            )

    def _is_back(self, watching: Watching) -> None:
        self._backoff.reset()
        away = self.condition.restored()
        if away is not None:
            log.warning(
                "backplane %s is back after %.1f s: %d channels are complete, %d began anew and "
                "their subscribers are told; %d publications wait to be sent",
                self.name,
                away,
                watching.restored.complete,
                watching.restored.anew,
                len(self._outbox),
            )


class Pulse:
    """The beat: published like anything else, and heard through the same subscription.

    What comes through that comes in order. So a beat that is heard says, too, that everything has
    been heard which was published before it.
    """

    def __init__(self, publisher: str) -> None:
        self.channel = f"holdfast:beat:{publisher}"
        self._number = 0
        self._heard = 0
        self._changed = asyncio.Event()

    def hear(self, publication: Publication) -> None:
        """One has come back."""
        self._heard = int(publication.data)
        self._changed.set()
        self._changed = asyncio.Event()

    async def begin(self, driver: Driver) -> None:
        """Subscribe to it, and hear it once."""
        await answered(driver.subscribe([self.channel]), ANSWER)
        await self.beat(driver)

    async def run(self, driver: Driver, each: Callable[[], None]) -> None:
        """Beat until none comes back, which is an exception."""
        while True:
            await asyncio.sleep(BEAT)
            await self.beat(driver)
            each()

    async def beat(self, driver: Driver) -> None:
        """Return when it was heard. Raises what the driver raises, and ``TimeoutError``."""
        self._number += 1
        message = Message(str(self._number))
        beat = Outgoing(self.channel, message, "beat", 0, None)
        await answered(self._there_and_back(driver, beat, self._number), ANSWER)

    async def _there_and_back(self, driver: Driver, beat: Outgoing, number: int) -> None:
        for answer in await driver.publish([beat]):
            if isinstance(answer, Exception):
                raise answer
        while self._heard < number:
            await self._changed.wait()


def reason_of(error: BaseException) -> BaseException:
    """The first of those that a task group has gathered."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
