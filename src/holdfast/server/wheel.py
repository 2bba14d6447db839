"""Keepalive for all connections of a server with one timer.

A timer for each, as stock protocols have two, costs a kilobyte a connection and a heap of timers.
Here a connection lies in the slot of the tick at which it is looked at next.
"""

import asyncio
import random
from typing import Protocol

RESOLUTION = 1.0  # seconds between two ticks, or less where the interval is short
AT_ONCE = 500  # connections between two turns of the loop


class Pinged(Protocol):
    """A connection on the wheel."""

    slot: int
    """Where it lies; -1 while it is not on the wheel."""

    asked: int
    """Whether a ping waits for its pong; 2 when it was looked at since."""

    heard: bool
    """Set whenever bytes arrive: those are as good as a pong."""

    def ping(self) -> None:
        """Ask whether it is there."""

    def spared(self) -> bool:
        """Whether it need not have answered: it makes progress, or is not read from."""

    def silent(self, seconds: float) -> None:
        """It did not answer within so many seconds."""


class Wheel:
    """The connections of one loop, by when they are looked at next."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, interval: float | None, timeout: float | None
    ) -> None:
        self._loop = loop
        self.interval = interval or 0.0
        self.timeout = timeout
        self._rest = self.interval - (timeout or 0.0)  # seconds from a pong's time to the next ping
        patience = timeout or self.interval
        self._tick = min(RESOLUTION, self.interval / 4, patience / 4) or RESOLUTION
        self._slots: dict[int, set[Pinged]] = {}  # by tick: an interval may be a day
        self._at = 0
        self._due: set[Pinged] = set()
        self._count = 0
        self._timer: asyncio.TimerHandle | None = None

    def add(self, connection: Pinged) -> None:
        """Look after a connection. A crowd that came at once is spread over half an interval."""
        if self.interval:
            self._count += 1
            self._lay(connection, self.interval * random.uniform(0.5, 1.0))
            if self._timer is None:
                self._timer = self._loop.call_later(self._tick, self._turn)

    def discard(self, connection: Pinged) -> None:
        """It is over."""
        if connection.slot >= 0:
            self._slots.get(connection.slot, self._due).discard(connection)
            self._due.discard(connection)
            connection.slot = -1
            self._count -= 1

    def _lay(self, connection: Pinged, delay: float) -> None:
        ticks = max(1, round(delay / self._tick))
        connection.slot = self._at + ticks
        self._slots.setdefault(connection.slot, set()).add(connection)

    def _turn(self) -> None:
        self._timer = None
        self._at += 1
        late = bool(self._due)
        self._due |= self._slots.pop(self._at, set())
        if not late:
            self._look()
        if self._count:
            self._timer = self._loop.call_later(self._tick, self._turn)

    def _look(self) -> None:
        """Look at those due, so many at a time: thousands do not hold up the loop."""
        for _ in range(min(AT_ONCE, len(self._due))):
            self._look_at(self._due.pop())
        if self._due:
            self._loop.call_soon(self._look)

    def _look_at(self, connection: Pinged) -> None:
        timeout, rest = self.timeout, self._rest
        if not connection.asked or timeout is None or (connection.heard and rest <= 0):
            self._ask(connection)
        elif connection.heard:
            connection.asked = 0
            self._lay(connection, rest)
        elif connection.asked == 1 and rest < 0:  # the next ping would be due, but for the pong
            connection.asked = 2
            self._lay(connection, -rest)
        elif connection.spared():
            self._lay(connection, timeout)
        else:
            self.discard(connection)
            connection.silent(timeout)

    def _ask(self, connection: Pinged) -> None:
        connection.asked, connection.heard = 1, False
        self._lay(connection, min(self.interval, self.timeout or self.interval))
        connection.ping()
