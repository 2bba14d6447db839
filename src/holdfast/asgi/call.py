"""Coroutines that say in our words that they were never awaited."""

import asyncio
import sys
import warnings
from collections.abc import Coroutine, Generator
from types import CodeType, TracebackType
from typing import Any, TypeVar

from holdfast.errors import WrongThread

T = TypeVar("T")


class Call(Coroutine[Any, Any, T]):
    """A coroutine of a public method: await it, or hand it to ``create_task`` or ``gather``.

    Python's own warning names an inner function and no line; this one names the call.
    """

    __slots__ = ("_at", "_code", "_coroutine", "_started", "_what")

    def __init__(self, what: str, coroutine: Coroutine[Any, Any, T]) -> None:
        caller = sys._getframe(2)  # the line that called the public method
        self._what = what
        self._code = caller.f_code
        self._at = caller.f_lasti  # its line takes longer to find, and is hardly ever wanted
        self._coroutine = coroutine
        self._started = False

    def __await__(self) -> Generator[Any, Any, T]:
        self._started = True
        return self._coroutine.__await__()

    def send(self, value: Any, /) -> Any:
        """Run one step (what a task does)."""
        self._started = True
        return self._coroutine.send(value)

    def throw(
        self,
        typ: Any,
        val: BaseException | object = None,
        tb: TracebackType | None = None,
        /,
    ) -> Any:
        """Raise inside (what a task does to cancel)."""
        self._started = True
        return self._coroutine.throw(typ) if val is None else self._coroutine.throw(typ, val, tb)

    def close(self) -> None:
        """Give up on it, on purpose: no warning."""
        self._started = True
        self._coroutine.close()

    def __del__(self) -> None:
        if not self._started:
            self._coroutine.close()
            message = (
                f"{self._what} was not awaited, so nothing was done: write `await {self._what}`"
            )
            line = line_at(self._code, self._at)
            warnings.warn_explicit(message, RuntimeWarning, self._code.co_filename, line)


def line_at(code: CodeType, at: int) -> int:
    """The line of an instruction."""
    lines = (line for start, end, line in code.co_lines() if start <= at < end)
    return next(lines, None) or code.co_firstlineno


def off_loop(what: str, instead: str) -> None:
    """``WrongThread`` where a loop runs, which a call that blocks would stop."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return
    raise WrongThread(f"{what} would block the event loop it runs on: use {instead}")


def on_loop(what: str, instead: str) -> asyncio.AbstractEventLoop:
    """The running loop; ``WrongThread`` where there is none."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        raise WrongThread(
            f"{what} was called where no event loop runs (a `def` endpoint or another thread): "
            f"use {instead}"
        ) from None
