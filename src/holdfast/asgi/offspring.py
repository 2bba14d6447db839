"""The tasks that a handler starts: which of them must end with its connection.

``gather`` leaves the siblings of a failed task running, and a task made for one client goes on
after it. A task factory notes what is started in a handler's context. Not everything in it may be
ended: a shared producer that the first client's handler started belongs to nobody. So the
connection's own are those that ``gather`` made, and those whose code holds it in a variable.
"""

import asyncio
import sys
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from types import FrameType
from typing import Any
from weakref import WeakSet

FRAMEWORK = {"starlette", "fastapi", "holdfast", "uvicorn", "hypercorn", "granian", "daphne"}
LEFT = "left running: make them in a TaskGroup, or cancel them in a finally"
DEPTH = 6  # frames from the factory up to a ``gather`` that called it


class Offspring:
    """The tasks that one handler started, and theirs."""

    _tasks: WeakSet[asyncio.Task[Any]] | None = None  # most start none, and a set takes a kilobyte
    _gathered: WeakSet[asyncio.Task[Any]]

    def add(self, task: "asyncio.Task[Any]") -> None:
        """One was started."""
        if self._tasks is None:
            self._tasks, self._gathered = WeakSet(), WeakSet()
        self._tasks.add(task)
        if _called_by_gather():
            self._gathered.add(task)

    def concerns_caller(self) -> bool:
        """Whether the end of this handler's client is to be raised where this is called.

        In the handler itself and in what it started, and where no handler runs. Another's handler
        that broadcasts would be ended in its stead: the tutorial's except does that.
        """
        caller = OFFSPRING.get()
        return caller is None or caller is self

    def running(self, holds: Callable[[Any], bool]) -> "list[asyncio.Task[Any]]":
        """Those that still run and are the connection's own.

        ``holds`` tells whether a local variable of theirs is the connection.
        """
        return [
            task
            for task in list(self._tasks or ())
            if not task.done() and (task in self._gathered or _holds(task, holds))
        ]

    async def end(self, holds: Callable[[Any], bool], grace: float, cleanup: float) -> list[str]:
        """Give them ``grace`` seconds, then cancel them; returns where the cancelled stood."""
        tasks = self.running(holds)
        if not tasks:
            return []
        _, left = await asyncio.wait(tasks, timeout=grace)
        stood = [line for task in left for line in where(task)]
        for task in left:
            task.cancel("holdfast: the connection is over")
        if left:
            await asyncio.wait(left, timeout=cleanup)
        return stood


OFFSPRING: ContextVar[Offspring | None] = ContextVar("holdfast_offspring", default=None)


class _Noting:
    """A task factory that notes what is started in a handler's context."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def __call__(self, loop: asyncio.AbstractEventLoop, coroutine: Any, **options: Any) -> Any:
        make = self._inner
        if make is None:
            task: Any = asyncio.Task(coroutine, loop=loop, **options)
        else:
            task = make(loop, coroutine, **options)
        offspring = OFFSPRING.get()
        if offspring is not None:
            offspring.add(task)
        return task


def note_tasks(loop: asyncio.AbstractEventLoop) -> None:
    """Note the tasks of this loop from now on, beside a factory that it has."""
    factory = loop.get_task_factory()
    if not isinstance(factory, _Noting):
        loop.set_task_factory(_Noting(factory))


def frames(task: "asyncio.Task[Any]") -> Iterator[FrameType]:
    """Where a waiting task stands, from its outermost coroutine inwards.

    ``Task.get_stack`` knows the outermost only.
    """
    awaited: Any = task.get_coro()
    while awaited is not None:
        frame = getattr(awaited, "cr_frame", None) or getattr(awaited, "gi_frame", None)
        if frame is not None:
            yield frame
        awaited = getattr(awaited, "cr_await", None) or getattr(awaited, "gi_yieldfrom", None)


def where(task: "asyncio.Task[Any]") -> list[str]:
    """The same as lines of text, without those of the framework and ours."""
    return [
        f"{frame.f_code.co_filename}:{frame.f_lineno} in {frame.f_code.co_qualname}"
        for frame in frames(task)
        if frame.f_globals.get("__name__", "").split(".")[0] not in FRAMEWORK
    ]


def _holds(task: "asyncio.Task[Any]", holds: Callable[[Any], bool]) -> bool:
    return any(holds(value) for frame in frames(task) for value in frame.f_locals.values())


def _called_by_gather() -> bool:
    frame: FrameType | None = sys._getframe(2)
    for _ in range(DEPTH):
        if frame is None:
            return False
        if frame.f_code is asyncio.gather.__code__:
            return True
        frame = frame.f_back
    return False
