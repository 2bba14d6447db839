"""Where a task waits and where it was made, in few lines: the author's own, if there are any."""

import asyncio
import linecache
import sysconfig
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple

from holdfast.asgi.offspring import frames

PATHS = sysconfig.get_paths()
ROOTS = (PATHS["purelib"], PATHS["platlib"], PATHS["stdlib"], PATHS["scripts"])
LIBRARIES = (*(f"{root}/" for root in ROOTS), f"{Path(__file__).parent.parent}/", "<frozen")
ASYNCIO = str(Path(asyncio.__file__).parent)
LOOP = {"Handle._run", "Runner.run", "BaseEventLoop.run_until_complete"}


class Place(NamedTuple):
    """A line of code."""

    file: str
    line: int
    name: str

    @classmethod
    def of(cls, frame: FrameType) -> "Place":
        """Where a frame stands."""
        return cls(frame.f_code.co_filename, frame.f_lineno, frame.f_code.co_qualname)

    @property
    def foreign(self) -> bool:
        """Whether it is a library's, the standard one's or ours."""
        return self.file.startswith(LIBRARIES) or "-packages/" in self.file

    def __str__(self) -> str:
        roots = (f"{root}/" for root in (*ROOTS, Path.cwd()))
        start = next((root for root in roots if self.file.startswith(root)), "")
        return f"{self.file.removeprefix(start)}:{self.line} in {self.name}"

    @property
    def code(self) -> str:
        """What stands there."""
        return linecache.getline(self.file, self.line).strip()


def waiting_at(task: "asyncio.Task[Any]") -> list[Place]:
    """Where a task waits, outermost first: the author's frames, or else the innermost."""
    places = [Place.of(frame) for frame in frames(task)]
    return [place for place in places if not place.foreign] or places[-1:]


def called_from(frame: FrameType | None) -> Place | None:
    """The innermost of the author's frames from here outwards."""
    while frame is not None:
        place = Place.of(frame)
        if not place.foreign:
            return place
        if place.name in LOOP and place.file.startswith(ASYNCIO):
            return None  # outside of the loop stands who runs it
        frame = frame.f_back
    return None


def describe(task: "asyncio.Task[Any]") -> str:
    """A task in a few lines: name, coroutine, where it waits."""
    name = getattr(task.get_coro(), "__qualname__", repr(task.get_coro()))
    return "\n".join([f"task {task.get_name()!r}, {name}", *lines("waits at", waiting_at(task))])


def lines(word: str, places: Iterable[Place]) -> Iterator[str]:
    """Places as lines of a report; what stands there is beside the last."""
    found = list(places)
    for place in found:
        end = f":  {place.code}" if place is found[-1] and place.code else ""
        yield f"  {word:<10} {place}{end}"
        word = ""
