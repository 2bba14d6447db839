"""Who made a task: noted by a task factory, as long as somebody wants to know."""

import asyncio
import sys
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from holdfast.testing.stacks import Place, called_from

_MADE: "weakref.WeakKeyDictionary[asyncio.Task[Any], Place]" = weakref.WeakKeyDictionary()
_DRIVERS: "weakref.WeakSet[asyncio.Task[Any]]" = weakref.WeakSet()


def maker_of(task: "asyncio.Task[Any]") -> Place | None:
    """The line of the author's code that made it, if that was noted."""
    return _MADE.get(task)


def drives_the_loop(task: "asyncio.Task[Any]") -> bool:
    """Whether a test runner made it, to run the loop until it is over: anyio's waits in one."""
    return task in _DRIVERS


class _Noting:
    """A task factory around the loop's own, which another may come to stand around."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner
        self.active = True

    def __call__(self, loop: asyncio.AbstractEventLoop, coroutine: Any, **options: Any) -> Any:
        make = self.inner
        if make is None:
            task: Any = asyncio.Task(coroutine, loop=loop, **options)
        else:
            task = make(loop, coroutine, **options)
        if self.active:
            self._note(loop, task)
        return task

    def _note(self, loop: asyncio.AbstractEventLoop, task: Any) -> None:
        place = called_from(sys._getframe(2))
        if place is not None:
            _MADE[task] = place
        elif not loop.is_running():
            _DRIVERS.add(task)


@contextmanager
def noting_makers() -> Iterator[None]:
    """Note them on the running loop, for the length of a block."""
    loop = asyncio.get_running_loop()
    noting = _Noting(loop.get_task_factory())
    loop.set_task_factory(noting)
    try:
        yield
    finally:
        noting.active = False
        if loop.get_task_factory() is noting:  # else it stays below another's, and does nothing
            loop.set_task_factory(noting.inner)
