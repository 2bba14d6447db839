"""The tasks that a handler starts: which of them must end with its connection.

``gather`` leaves the siblings of a failed task running, and a task made for one client goes on
after it. A task factory notes what is started in a handler's context. Not everything in it may be
ended: a shared producer that the first client's handler started belongs to nobody. So the
connection's own are those that the handler itself runs through ``gather`` and the like, and those
that were given it: as an argument or in a closure. Any variable would be too many: a producer that
goes through all clients has one of them in its loop's.
"""

import asyncio
import sys
from collections.abc import Callable, Iterator
from contextvars import ContextVar, Token
from types import FrameType
from typing import Any
from weakref import ReferenceType, WeakSet, ref

FRAMEWORK = {"starlette", "fastapi", "holdfast", "uvicorn", "hypercorn", "granian", "daphne"}
LEFT = "left running: make them in a TaskGroup, or cancel them in a finally"
DEPTH = 7  # frames from the factory up to one of these that called it
WAITING = {  # what they start, their caller waits for
    asyncio.gather.__code__,
    asyncio.wait_for.__code__,
    asyncio.as_completed.__code__,
    asyncio.TaskGroup.create_task.__code__,
}
ANYIO = "anyio._backends._asyncio"  # so do its task groups


class Offspring:
    """The tasks that one handler started, and theirs."""

    __slots__ = ("_awaited", "_root", "_tasks")

    def __init__(self) -> None:
        self._root: ReferenceType[asyncio.Task[Any]] | None = None
        self._tasks: WeakSet[asyncio.Task[Any]] | None = None  # most start none: a kilobyte each
        self._awaited: WeakSet[asyncio.Task[Any]]

    def begin(self) -> "Token[Offspring | None]":
        """Note from now on what the running task starts: it is the handler's."""
        task = asyncio.current_task()
        self._root = ref(task) if task is not None else None
        return OFFSPRING.set(self)

    @property
    def barren(self) -> bool:
        """Whether nothing was started by its handler that still runs."""
        return not self._tasks

    def go_on(self, task: "asyncio.Task[Any]") -> None:
        """The handler goes on in another task, where it is noted already what that starts."""
        self._root = ref(task)

    def add(self, task: "asyncio.Task[Any]") -> None:
        """One was started."""
        if self._tasks is None:
            self._tasks, self._awaited = WeakSet(), WeakSet()
        self._tasks.add(task)
        if self._works(asyncio.current_task()) and _will_be_awaited():
            self._awaited.add(task)

    def concerns_caller(self) -> bool:
        """Whether the end of this handler's client is to be raised where this is called.

        In the handler itself and in what it started, and where no handler runs: in a producer, say,
        that takes it out of its list then. Not in another's handler that broadcasts: that would
        be ended in its stead, as the tutorial's except does.
        """
        caller = OFFSPRING.get()
        return caller is None or caller is self or caller._goes_on(asyncio.current_task())

    def running(self, holds: Callable[[Any], bool]) -> "list[asyncio.Task[Any]]":
        """Those that still run and are the connection's own.

        ``holds`` tells whether something that they were given is the connection.
        """
        return [
            task
            for task in list(self._tasks or ())
            if not task.done() and (task in self._awaited or _given(task, holds))
        ]

    async def end(self, holds: Callable[[Any], bool], grace: float, cleanup: float) -> list[str]:
        """Give them ``grace`` seconds, then cancel them; returns where the cancelled stood."""
        tasks = self.running(holds)
        if not tasks:
            return []
        stood = []
        try:
            await asyncio.wait(tasks, timeout=grace)
        finally:
            left = self.running(holds)  # a producer that was just calling something with it is not
            for task in left:
                stood += where(task)
                task.cancel("holdfast: the connection is over")
        if left:
            await asyncio.wait(left, timeout=cleanup)
        return stood

    def _goes_on(self, task: "asyncio.Task[Any] | None") -> bool:
        """Whether it is one that the handler started and does not wait for, as far as is known.

        An eager task runs its first step before it is noted.
        """
        return self._tasks is not None and task in self._tasks and task not in self._awaited

    def _works(self, task: "asyncio.Task[Any] | None") -> bool:
        """Whether the task is the handler's own, or one that it waits for."""
        if task is None or self._root is None:
            return False
        return task is self._root() or (self._tasks is not None and task in self._awaited)


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


def _given(task: "asyncio.Task[Any]", holds: Callable[[Any], bool]) -> bool:
    return any(holds(value) for frame in frames(task) for value in _arguments(frame))


def _arguments(frame: FrameType) -> list[Any]:
    """What a function was called with, and what it knows from around it."""
    code, values = frame.f_code, frame.f_locals
    count = code.co_argcount + code.co_kwonlyargcount
    names = (*code.co_varnames[:count], *code.co_freevars)
    return [values[name] for name in names if name in values]


def _will_be_awaited() -> bool:
    frame: FrameType | None = sys._getframe(2)
    for _ in range(DEPTH):
        if frame is None:
            return False
        if frame.f_code in WAITING or frame.f_globals.get("__name__") == ANYIO:
            return True
        frame = frame.f_back
    return False
