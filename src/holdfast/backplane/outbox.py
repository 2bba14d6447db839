"""What waits to be published: in order, numbered, until the broker has answered."""

import asyncio
import logging
import secrets
from collections import deque
from collections.abc import Sequence
from contextlib import suppress

from holdfast.backplane.driver import Driver, Outgoing
from holdfast.backplane.patience import ANSWER, answered
from holdfast.backplane.port import Keeps, Message, Position
from holdfast.errors import BackplaneUnavailable

ALONE, GIVEN_UP = 2, 4  # losses of the connection with a publication on its way
BATCH, BATCH_BYTES = 256, 1 << 20  # of one call: publications, and bytes of data

log = logging.getLogger("holdfast")


class Waiting:
    """One publication on its way."""

    __slots__ = ("answer", "given_up", "outgoing", "size")

    def __init__(self, outgoing: Outgoing) -> None:
        self.outgoing = outgoing
        self.size = outgoing.message.footprint
        self.answer: asyncio.Future[Position] | None = None
        self.given_up = False

    def wait(self) -> "asyncio.Future[Position]":
        """The broker's answer."""
        self.answer = asyncio.get_running_loop().create_future()
        return self.answer

    def settle(self, answer: Position | Exception) -> None:
        """Tell whoever waits."""
        if self.answer is None and isinstance(answer, Exception):
            log.error("publish(%r): the broker refused it: %s", self.outgoing.channel, answer)
        if self.answer is None or self.answer.done():
            return
        if isinstance(answer, Exception):
            self.answer.set_exception(BackplaneUnavailable(f"the broker refused it: {answer}"))
        else:
            self.answer.set_result(answer)


class Outbox:
    """The publications of one process, first come first served.

    A batch that was not answered is sent again, first and with the same numbers, by which the
    broker knows what it has had. So all keep their order, whatever happens to the connection.
    """

    def __init__(self, limit: int) -> None:
        self.publisher = secrets.token_hex(8)
        self._limit = limit  # bytes
        self._bytes = 0
        self._number = 0
        self._queue: deque[Waiting] = deque()
        self._sending: Sequence[Waiting] = ()
        self._losses = 0  # of the connection, since the last answer
        self._news = asyncio.Event()
        self._empty = asyncio.Event()
        self._empty.set()

    def __len__(self) -> int:
        return len(self._queue) + len(self._sending)

    def put(self, channel: str, message: Message, history: Keeps) -> Waiting:
        """Take it; raises ``BackplaneUnavailable`` if too much waits already."""
        if self._bytes + message.footprint > self._limit and len(self):
            raise BackplaneUnavailable(
                f"publish({channel!r}): {len(self):,} publications ({self._bytes:,} bytes) wait "
                "for the backplane, and Limits(buffer=...) allows no more"
            )
        self._number += 1
        waiting = Waiting(Outgoing(channel, message, self.publisher, self._number, history))
        self._queue.append(waiting)
        self._bytes += waiting.size
        self._news.set()
        self._empty.clear()
        return waiting

    def give_up(self, waiting: Waiting) -> None:
        """Do not send it, or not again."""
        waiting.given_up = True
        if waiting not in self._sending:
            with suppress(ValueError):  # answered this very moment
                self._queue.remove(waiting)
                self._bytes -= waiting.size

    async def run(self, driver: Driver) -> None:
        """Send what there is and what comes. Raises what the driver raises."""
        while True:
            await self._news.wait()
            batch = self._next_batch()
            if not batch:
                self._news.clear()
                self._empty.set()
                continue
            try:
                answers = await answered(driver.publish([one.outgoing for one in batch]), ANSWER)
            except BaseException as error:
                self._queue.extendleft(reversed(batch))  # who was given up is left out next time
                self._sending = ()
                self._lost_with(batch[0], error)
                raise
            self._sending = ()
            self._losses = 0
            for waiting, answer in zip(batch, answers, strict=True):
                self._bytes -= waiting.size
                waiting.settle(answer)

    async def drained(self) -> None:
        """Return when nothing waits."""
        await self._empty.wait()

    def close(self, error: Exception) -> int:
        """Tell all that wait; returns how many publications are lost."""
        lost = [one for one in (*self._sending, *self._queue) if not one.given_up]
        self._queue.clear()
        self._sending = ()
        for waiting in lost:
            if waiting.answer is not None and not waiting.answer.done():
                waiting.answer.set_exception(error)
        return len(lost)

    def _lost_with(self, first: Waiting, error: BaseException) -> None:
        """The connection was lost while it was sent. That may be its own doing: a server closes
        connections that bring it too much. It is sent alone then, and at last not any more."""
        self._losses += 1
        if self._losses >= ALONE + GIVEN_UP and first is self._queue[0]:
            self._queue.popleft()
            self._bytes -= first.size
            self._losses = 0
            first.settle(error if isinstance(error, Exception) else ConnectionError("lost"))

    def _next_batch(self) -> Sequence[Waiting]:
        batch: list[Waiting] = []
        size = 0
        most = BATCH if self._losses < ALONE else 1
        while self._queue and len(batch) < most and size < BATCH_BYTES:
            waiting = self._queue.popleft()
            if waiting.given_up:
                self._bytes -= waiting.size
                continue
            batch.append(waiting)
            size += waiting.size
        self._sending = batch
        return batch
