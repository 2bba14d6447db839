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
    task = asyncio.ensure_future(call)
    try:
        for _ in range(PARTS):
            done, _ = await asyncio.wait({task}, timeout=seconds / PARTS)
            if done:
                return task.result()
        raise TimeoutError(f"no answer within {seconds:g} s")
    finally:
        if not task.done():
            task.cancel()
            await asyncio.wait({task})
        if not task.cancelled():
            task.exception()  # looked at: who waited for it may have been cancelled


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
