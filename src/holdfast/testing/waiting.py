"""Waiting for a condition, with a deadline."""

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable
from typing import Any


async def until(
    condition: Callable[[], Awaitable[Any] | Any], timeout: float = 10.0, what: str = ""
) -> float:
    """Return the seconds until the condition held; fail after ``timeout``."""
    start = time.monotonic()
    while True:
        value = condition()
        if inspect.isawaitable(value):
            value = await value
        if value:
            return time.monotonic() - start
        if time.monotonic() - start > timeout:
            raise AssertionError(
                f"not within {timeout:g} s: {what or inspect.getsource(condition)}"
            )
        await asyncio.sleep(0.03)  # polling
