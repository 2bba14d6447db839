"""Waiting for a condition, with a deadline."""

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable
from typing import Any

DEADLINE = 10.0  # seconds: how long this package waits for anything, unless it is told otherwise
POLL = 0.03  # seconds between two looks


class TooLate(AssertionError, TimeoutError):
    """Something did not come within its deadline: a failure to pytest, a timeout to ``except``."""


async def until(
    condition: Callable[[], Awaitable[Any] | Any], timeout: float = DEADLINE, what: str = ""
) -> float:
    """Wait until the condition, or what it awaits, is true; returns how many seconds that took.

    Raises ``TooLate`` after ``timeout`` seconds, with ``what`` or else the condition's own source.

    >>> await until(lambda: not hf.connections, 5)
    """
    start = time.monotonic()
    while True:
        value = condition()
        if inspect.isawaitable(value):
            value = await value
        if value:
            return time.monotonic() - start
        if time.monotonic() - start > timeout:
            raise TooLate(f"not within {timeout:g} s: {what or _source(condition)}")
        await asyncio.sleep(POLL)


def until_sync(condition: Callable[[], Any], timeout: float = DEADLINE, what: str = "") -> float:
    """The same where no event loop runs: it blocks the thread.

    >>> until_sync(lambda: received == ["hello"])
    """
    start = time.monotonic()
    while not condition():
        if time.monotonic() - start > timeout:
            raise TooLate(f"not within {timeout:g} s: {what or _source(condition)}")
        time.sleep(POLL)
    return time.monotonic() - start


def _source(condition: Callable[..., Any]) -> str:
    """The line of a lambda, or the name of what has none."""
    try:
        return inspect.getsource(condition).strip()
    except (OSError, TypeError):
        return repr(condition)


def on_asyncio() -> bool:
    """Whether a loop of asyncio's kind runs in this thread."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def need_asyncio(what: str) -> None:
    """Raise, with what to do, where another event loop runs, or none."""
    if not on_asyncio():
        raise RuntimeError(
            f"{what} needs an asyncio event loop, as uvicorn does; a test under anyio's plugin "
            "asks for one with a fixture anyio_backend that returns 'asyncio'"
        )
