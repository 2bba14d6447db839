"""When the language server looks at which file: in a thread, so that nobody waits for a look."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from holdfast.check.files.run import describe
from holdfast.cli.lsp_look import Document, Looked, look

# Seconds after the last key before a file is looked at, and after the first one if typing goes on.
PAUSE, LONGEST_PAUSE = 0.2, 1.0
# What is nested deeply needs more than threads have on some systems.
STACK = 16 * 2**20


class Outdated(BaseException):
    """Ends a look at a version that nobody wants any more."""


@dataclass(slots=True)
class Job:
    """A look at one version of a document."""

    document: Document
    others: Mapping[Path, str]
    outdated: bool = False

    def go_on(self) -> None:
        """Raise Outdated if nobody waits for the result."""
        if self.outdated:
            raise Outdated


@dataclass(slots=True)
class Checks:
    """Looks at one document at a time, always in its newest version, the last one asked for first.

    All methods are called on the loop, and so is what is given: `begin` gives the newest version of
    a document, or None if it is closed, `tell` takes what was found in it, and `complain` why that
    failed.
    """

    begin: Callable[[str], Job | None]
    tell: Callable[[Looked], None]
    complain: Callable[[str], None]
    stopped: bool = False
    _waiting: dict[str, None] = field(default_factory=dict)
    _timers: dict[str, tuple[float, asyncio.TimerHandle]] = field(default_factory=dict)
    _running: Job | None = None
    _ended: asyncio.Event = field(default_factory=asyncio.Event)

    def now(self, uri: str) -> None:
        """Look at a document as soon as no other one is looked at."""
        self.forget(uri)
        if not self.stopped:
            self._waiting[uri] = None
            self._next()

    def soon(self, uri: str) -> None:
        """Look at a document when nobody has typed for a moment, or has typed for long."""
        loop = asyncio.get_running_loop()
        first, _ = self._timers.get(uri, (loop.time(), None))
        self.forget(uri)
        if not self.stopped:
            when = min(loop.time() + PAUSE, first + LONGEST_PAUSE)
            self._timers[uri] = first, loop.call_at(when, self.now, uri)

    def forget(self, uri: str) -> None:
        """Give up what is under way for a document."""
        self._waiting.pop(uri, None)
        if uri in self._timers:
            self._timers.pop(uri)[1].cancel()
        if self._running and self._running.document.uri == uri:
            self._running.outdated = True

    def stop(self) -> None:
        """Give up everything, for good."""
        self.stopped = True
        running = [self._running.document.uri] if self._running else []
        for uri in {*self._waiting, *self._timers, *running}:
            self.forget(uri)

    async def wait(self, enough: Callable[[], bool], seconds: float) -> None:
        """Wait until looks have brought what one waits for, but not for ever."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not enough():
                    await self._ended.wait()

    def _next(self) -> None:
        while self._waiting and not self._running:
            uri, _ = self._waiting.popitem()
            if job := self.begin(uri):
                self._running = job
                loop = asyncio.get_running_loop()
                # No look keeps the process alive.
                threading.Thread(target=self._work, args=(job, loop), daemon=True).start()

    def _work(self, job: Job, loop: asyncio.AbstractEventLoop) -> None:
        """Look at a document, in a thread."""
        result: Looked | str | None = None
        try:
            result = look(job.document, job.others, job.go_on)
        except Outdated:
            pass
        except Exception as error:
            result = describe(error)
        with suppress(RuntimeError):  # the loop has ended
            loop.call_soon_threadsafe(self._end, job, result)

    def _end(self, job: Job, result: Looked | str | None) -> None:
        self._running = None
        if isinstance(result, str):
            self.complain(f"Holdfast failed on {job.document.path} ({result}).")
        elif result and not job.outdated:
            self.tell(result)
        self._ended.set()
        self._ended = asyncio.Event()
        self._next()
