"""What the server process under test knows of each cell: handlers, tasks, sockets, endings.

A cell is one connection, named by the last part of its path. ``Traced`` goes around the app and
wraps neither ``receive`` nor ``send``: it only notes that the app was called and by whom.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from contextvars import ContextVar
from typing import Any
from weakref import WeakSet

CELL: ContextVar[str] = ContextVar("cell", default="")


class Entry:
    """One cell."""

    def __init__(self) -> None:
        self.calls = 0  # of the app, by the server
        self.running = 0  # of those, the ones that have not returned
        self.began = 0
        self.over: list[str] = []  # how each handler ended
        self.cleaning = 0  # clean-ups that began, or will, and have not come to their end
        self.disconnects: list[tuple[int, str]] = []
        self.tasks: WeakSet[asyncio.Task[Any]] = WeakSet()
        self.sockets: set[str] = set()

    @property
    def left(self) -> list[str]:
        """The tasks that are not over."""
        return sorted(task_name(task) for task in list(self.tasks) if not task.done())


class Book:
    """All cells of this process."""

    def __init__(self) -> None:
        self._entries: dict[str, Entry] = {}
        self._loop: asyncio.AbstractEventLoop | None = None

    def __getitem__(self, cell: str) -> Entry:
        return self._entries.setdefault(cell, Entry())

    def install(self) -> None:
        """From now on each task knows the cell on whose behalf it was created."""
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            self._loop = loop
            loop.set_task_factory(self._create)

    def _create(self, loop: Any, coroutine: Any, **options: Any) -> asyncio.Task[Any]:
        task: asyncio.Task[Any] = asyncio.Task(coroutine, loop=loop, **options)
        if cell := CELL.get():
            self[cell].tasks.add(task)
        return task

    @asynccontextmanager
    async def handler(self, cell: str) -> AsyncIterator[Entry]:
        """A handler of that cell runs; how it ends is noted."""
        entry = self[cell]
        entry.began += 1
        how = "returned"
        try:
            yield entry
        except BaseException as error:
            how = type(error).__name__
            raise
        finally:
            entry.over.append(how)

    def report(self) -> dict[str, Any]:
        """What is left of each cell, and what the process has in all."""
        open_now = {inode for _, inode in sockets()}
        cells = {
            cell: {
                "calls": entry.calls,
                "running": entry.running,
                "began": entry.began,
                "over": entry.over,
                "cleaning": entry.cleaning,
                "disconnects": entry.disconnects,
                "tasks": entry.left,
                "sockets": len(entry.sockets & open_now),
                "found": len(entry.sockets),
            }
            for cell, entry in self._entries.items()
        }
        tasks = [task_name(task) for task in asyncio.all_tasks()]
        descriptors = len(os.listdir("/proc/self/fd"))
        return {"cells": cells, "tasks": sorted(tasks), "descriptors": descriptors}


class Traced:
    """The app, with a note of each call. Outermost, so that tasks of any middleware count too."""

    def __init__(self, app: Any, book: Book) -> None:
        self._app = app
        self._book = book

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self._book.install()
        if scope["type"] != "websocket":
            await self._app(scope, receive, send)
            return
        cell = scope["path"].rpartition("/")[2]
        CELL.set(cell)
        entry = self._book[cell]
        entry.calls += 1
        entry.running += 1
        entry.sockets |= from_port(int(scope["client"][1]))
        task = asyncio.current_task()
        assert task is not None
        entry.tasks.add(task)
        try:
            await self._app(scope, receive, send)
        finally:
            entry.running -= 1


def task_name(task: asyncio.Task[Any]) -> str:
    """The function that a task runs."""
    coroutine: Any = task.get_coro()
    return str(getattr(coroutine, "__qualname__", coroutine))


def sockets() -> list[tuple[int, str]]:
    """Descriptor and inode of each open socket: an inode is never another socket's."""
    found = []
    for name in os.listdir("/proc/self/fd"):
        with suppress(OSError):
            target = os.readlink(f"/proc/self/fd/{name}")
            if target.startswith("socket:"):
                found.append((int(name), target))
    return found


def from_port(port: int) -> set[str]:
    """The inodes of the sockets whose peer has this port."""
    found = set()
    for fd, inode in sockets():
        with suppress(OSError), socket.socket(fileno=os.dup(fd)) as sock:
            peer = sock.getpeername()
            if isinstance(peer, tuple) and peer[1] == port:
                found.add(inode)
    return found
