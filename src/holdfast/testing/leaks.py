"""``assert_no_leaks``: what a test leaves behind fails it, with what is left and where it waits."""

import asyncio
import gc
import time
import warnings
from collections.abc import Generator, Iterable, Iterator
from contextlib import AbstractContextManager
from fnmatch import fnmatchcase
from typing import Any, Self

from holdfast import Holdfast
from holdfast.testing.census import Census, Leak, difference, of_holdfast, of_process
from holdfast.testing.makers import noting_makers
from holdfast.testing.waiting import DEADLINE, POLL, need_asyncio, on_asyncio

COLLECT_AFTER = 0.2  # seconds; what a cycle of garbage holds open is no leak, but seldom there


class LeakError(AssertionError):
    """Something is left. ``leaks`` holds each thing, the message all of them."""

    def __init__(self, leaks: list[Leak], timeout: float) -> None:
        things = "1 thing is" if len(leaks) == 1 else f"{len(leaks)} things are"
        texts = "\n\n".join(leak.text for leak in leaks)
        super().__init__(f"{things} left after {timeout:g} s:\n\n{texts}")
        self.leaks = leaks


def assert_no_leaks(
    *holdfasts: Holdfast, timeout: float = DEADLINE, allow: Iterable[str] = ()
) -> "LeakCheck":
    """Fail if a block leaves tasks, sockets, connections, subscriptions or streams behind.

    At the end of the block it waits, up to ``timeout`` seconds, until everything that the block
    began is over; else it raises ``LeakError``, with each thing and where it waits. A block that
    raises is not checked. ``allow`` takes patterns (``redis-*``) of what may stay: names of tasks
    and coroutines, paths of connections, channels, addresses of sockets.

    >>> async with assert_no_leaks():
    ...     async with serve(app) as server, server.peer("/ws") as ann:
    ...         ...

    With ``with`` it checks a block of a test that is no coroutine: there tasks are those of servers
    in threads. Awaited, it has no beginning to compare with, and asks that no connection,
    subscription or running stream is left at all, of the given ``holdfasts`` or of every one.

    >>> await assert_no_leaks(hf)
    """
    return LeakCheck(holdfasts, timeout, tuple(allow))


class LeakCheck:
    """What ``assert_no_leaks`` returns."""

    def __init__(
        self, holdfasts: tuple[Holdfast, ...], timeout: float, allow: tuple[str, ...]
    ) -> None:
        self._holdfasts = holdfasts
        self._timeout = timeout
        self._allow = allow
        self._before: Census = {}
        self._count = of_process
        self._used = False
        self._noting: AbstractContextManager[None] = noting_makers()

    async def __aenter__(self) -> Self:
        self._used = True
        need_asyncio("assert_no_leaks()")
        self._before = of_process(self._holdfasts)
        self._noting.__enter__()
        return self

    async def __aexit__(self, kind: Any, error: Any, traceback: Any) -> None:
        __tracebackhide__ = True
        self._noting.__exit__(None, None, None)
        if error is None:
            for _ in self._looks():
                await asyncio.sleep(POLL)

    def __enter__(self) -> Self:
        self._used = True
        if on_asyncio():
            raise RuntimeError("in a coroutine write `async with assert_no_leaks():`")
        self._before = of_process(self._holdfasts)
        return self

    def __exit__(self, kind: Any, error: Any, traceback: Any) -> None:
        __tracebackhide__ = True
        if error is None:
            for _ in self._looks():
                time.sleep(POLL)

    def __await__(self) -> Generator[Any, None, None]:
        return self._nothing_at_all().__await__()

    def __del__(self) -> None:
        if not self._used:
            warnings.warn(
                "assert_no_leaks() has checked nothing: write `async with assert_no_leaks():` "
                "around what is to be checked, or `await assert_no_leaks()`",
                RuntimeWarning,
                stacklevel=2,
            )

    def _looks(self) -> Iterator[None]:
        """Yield as long as something is left that may still end; raise when the time is up."""
        __tracebackhide__ = True
        start, collected = time.monotonic(), False
        while leaks := self._left():
            waited = time.monotonic() - start
            if waited > COLLECT_AFTER and not collected:
                gc.collect()
                collected = True
            elif waited > self._timeout:
                raise LeakError(leaks, self._timeout)
            yield

    async def _nothing_at_all(self) -> None:
        """Tasks and sockets have no meaning without a beginning: pytest's own are among them."""
        __tracebackhide__ = True
        self._used, self._count = True, of_holdfast
        for _ in self._looks():
            await asyncio.sleep(POLL)

    def _left(self) -> list[Leak]:
        leaks = difference(self._count(self._holdfasts), self._before)
        return [leak for leak in leaks if not self._allowed(leak)]

    def _allowed(self, leak: Leak) -> bool:
        return any(fnmatchcase(name, pattern) for name in leak.names for pattern in self._allow)
