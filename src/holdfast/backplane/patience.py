"""How long a broker may take, and how often it is tried again."""

import asyncio
import random
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

ANSWER = 5.0  # seconds for one call
BEAT = 2.5  # seconds between two beats; with ANSWER, the longest time that a hung broker can hide
FIRST, LONGEST = 0.1, 5.0  # seconds before it is tried again
PARTS = 5


async def answered(call: Coroutine[Any, Any, T], seconds: float) -> T:
    """The answer; ``TimeoutError`` after that time.

    The time is counted in parts, with a turn of the loop after each. User code that blocks the
    loop for long would else be taken for a broker that is silent: its answer waits to be read.
    """
    limit = asyncio.timeout(None)
    parts = Parts(limit, seconds / PARTS)
    try:
        async with limit:
            return await call
    except TimeoutError as error:
        raise (
            TimeoutError(f"no answer within {seconds:g} s") if limit.expired() else error
        ) from None
    finally:
        parts.timer.cancel()


class Parts:
    """Ends a timeout after ``PARTS`` times its seconds."""

    def __init__(self, limit: asyncio.Timeout, seconds: float) -> None:
        self._limit = limit
        self._seconds = seconds
        self._loop = asyncio.get_running_loop()
        self._left = PARTS
        self.timer = self._loop.call_later(seconds, self._tick)

    def _tick(self) -> None:
        self._left -= 1
        if self._left:
            self.timer = self._loop.call_later(self._seconds, self._tick)
        else:
            self._limit.reschedule(self._loop.time())


class Backoff:
    """Growing waits with jitter, so that forty processes do not come back in one instant."""

    def __init__(self) -> None:
        self._failures = 0

    def reset(self) -> None:
        """It worked."""
        self._failures = 0

    def next(self) -> float:
        """Seconds to wait."""
        longest = min(LONGEST, FIRST * 2.0 ** min(self._failures, 16))
        self._failures += 1
        return random.uniform(0.5, 1) * longest
