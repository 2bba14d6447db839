"""Checks many files: those that changed, in as many processes as it pays for."""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import active_children, connection, get_context, parent_process
from pathlib import Path
from typing import NamedTuple

from holdfast.check.code.project import Project
from holdfast.check.files.cache import Cache
from holdfast.check.files.run import Examined, check_file
from holdfast.check.files.sources import Unreadable, read_bytes

# Bytes that are read in a second, where there is code that rules are about and where there is none.
SPEED, PLAIN_SPEED = 800_000, 4_000_000
# Seconds of work below which starting processes costs more than it saves.
WORTH_IT = 1.0
# How deeply Python may call: rules follow long `a + b + c...` and `elif` to their ends.
DEPTH = 3500


class Checked(NamedTuple):
    """A file and what was found in it."""

    path: Path
    filename: str
    examined: Examined


class Broken(Exception):
    """A process that checked files ended before it had done so."""


class Checker:
    """Checks files. With a cache it looks only at those that changed since."""

    def __init__(self, cache: Cache | None = None, jobs: int | None = None) -> None:
        self.cache = cache
        self.jobs = jobs
        self.project = Project()

    def check(self, files: Sequence[Path]) -> Iterator[Checked]:
        """Check files, in their order. Raises Broken."""
        with no_collections(), deep_calls():
            yield from self._check(files)
        if self.cache:
            self.cache.save()

    def _check(self, files: Sequence[Path]) -> Iterator[Checked]:
        contents = {path: content for path in files if (content := _content(path)) is not None}
        # A pipe among them would keep the project waiting.
        self.project = Project(contents)
        known = self._remembered(contents)
        unknown = [path for path in files if path not in known]
        cost = sum(_cost(contents[path]) for path in unknown if path in contents)
        found = self._look(unknown, list(contents), cost)
        for path in files:
            examined = known.get(path) or next(found)
            if self.cache and path in contents and path not in known:
                self.cache.put(path, contents[path], examined)
            yield Checked(path, shown(path), examined)

    def _remembered(self, contents: dict[Path, bytes]) -> dict[Path, Examined]:
        """Give what is known of files that have not changed."""
        if self.cache is None:
            return {}
        self.cache.group(contents)
        found = (
            (path, self.cache.get(path, content, shown(path))) for path, content in contents.items()
        )
        return {path: examined for path, examined in found if examined}

    def _look(self, paths: list[Path], files: Sequence[Path], cost: float) -> Iterator[Examined]:
        """Look at files, in this process or in some of their own."""
        jobs = min(self.jobs or (processors() if cost > WORTH_IT else 1), len(paths))
        if jobs <= 1:
            yield from (check_file(path, shown(path), self.project) for path in paths)
            return
        # Spawned and not forked: what uses us may have threads.
        others = set(active_children())
        with ProcessPoolExecutor(
            jobs, get_context("spawn"), initializer=_begin, initargs=(files,)
        ) as pool:
            chunk = max(1, min(50, len(paths) // (jobs * 8)))
            try:
                with uninterrupted():
                    found = pool.map(_work, paths, chunksize=chunk)
                yield from found
            except BrokenProcessPool as error:
                raise Broken("a process that checked files ended unexpectedly") from error
            except BaseException:  # nobody waits for the rest
                for process in set(active_children()) - others:
                    process.terminate()
                raise
            finally:
                pool.shutdown(cancel_futures=True)


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Put Ctrl-C off; processes that are started meanwhile never see it.

    Who presses it means the process that waits for them, which ends them.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def no_collections() -> Iterator[None]:
    """Have Python look for no garbage: trees are large, and all of them are kept to the end."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@contextmanager
def deep_calls() -> Iterator[None]:
    """Let Python call deeper than it does by itself."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, DEPTH))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


def processors() -> int:
    """Count the processors that we may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def shown(path: Path) -> str:
    """Give the name under which a file is reported: short, where it is below the current folder."""
    if path.is_absolute() or ".." in path.parts:
        absolute, here = os.path.abspath(path), os.path.join(os.getcwd(), "")
        return absolute.removeprefix(here) if absolute.startswith(here) else str(path)
    return str(path)


def _content(path: Path) -> bytes | None:
    try:
        return read_bytes(path)
    except Unreadable:
        return None


def _cost(content: bytes) -> float:
    """Estimate how many seconds a file takes; a look at it may cost nothing."""
    return len(content) / (SPEED if b"ebsocket" in content else PLAIN_SPEED)


# -- in a process of its own -----------------------------------------------------------------------

_projects: list[Project] = []


def _begin(files: Sequence[Path]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # where `uninterrupted` does nothing
    threading.Thread(target=_end_with_parent, daemon=True).start()
    gc.disable()
    _projects.append(Project(files))


def _end_with_parent() -> None:
    """End this process when the one that waits for it was ended: it would wait for ever."""
    if parent := parent_process():
        connection.wait([parent.sentinel])
        os._exit(1)


def _work(path: Path) -> Examined:
    with deep_calls():
        return check_file(path, shown(path), _projects[-1])
