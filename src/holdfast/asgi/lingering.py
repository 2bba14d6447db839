"""Tasks that wait a moment for the next message: waking one takes half of what making one does."""

import asyncio
from typing import Protocol

PERIOD = 1.0  # seconds; a task waits for between one and two of these
AT_ONCE = 500  # tasks between two turns of the loop


class Idle(Protocol):
    """A connection whose task waits."""

    def dismiss(self) -> None:
        """Nothing came: the task may end, if it still waits."""


class Lingering:
    """Those of one event loop, by one timer."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._new: set[Idle] = set()
        self._old: set[Idle] = set()
        self._timer: asyncio.TimerHandle | None = None

    def add(self, connection: Idle) -> None:
        """Its task has begun to wait; again, where it has handled something meanwhile."""
        self._new.add(connection)
        if self._timer is None:
            self._timer = self._loop.call_later(PERIOD, self._turn)

    def _turn(self) -> None:
        due = list(self._old - self._new)
        self._old, self._new = self._new, set()
        self._timer = self._loop.call_later(PERIOD, self._turn) if self._old else None
        self._dismiss(due)

    def _dismiss(self, due: list[Idle]) -> None:
        for connection in due[:AT_ONCE]:
            if connection not in self._new:
                connection.dismiss()
        if len(due) > AT_ONCE:
            self._loop.call_soon(self._dismiss, due[AT_ONCE:])
