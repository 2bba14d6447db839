"""What the server process under test knows of itself: handlers, tasks, descriptors, memory."""

from __future__ import annotations

import asyncio
import gc
import os
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

TALK = 0.2  # seconds between two messages of a handler that talks
LONG = 3600.0
LARGEST = 65_536  # bytes of a message
CLEANING = 0.3  # seconds that the slow clean-up takes, in three awaits
CLEANED = "cleaned up:"  # a line of the log for each that came to its end


class Counts:
    """What runs, and what has come to its end."""

    def __init__(self) -> None:
        self._running: Counter[str] = Counter()

    @contextmanager
    def running(self, handler: str) -> Iterator[None]:
        """That handler runs, for the length of the block."""
        self._running[handler] += 1
        try:
            yield
        finally:
            self._running[handler] -= 1

    def report(self) -> dict[str, Any]:
        """Of the whole process."""
        return {
            "running": {name: count for name, count in self._running.items() if count},
            "tasks": len(asyncio.all_tasks()),
            "descriptors": len(os.listdir("/proc/self/fd")),
            "resident": resident(),
        }


async def clean_up(column: str) -> None:
    """A clean-up that awaits, and is cut short if it is cancelled. Its end is told in the log."""
    for _ in range(3):
        await asyncio.sleep(CLEANING / 3)  # pacing
    sys.stderr.write(f"{CLEANED} {column}\n")


def resident(pid: int | str = "self") -> int:
    """Bytes of resident memory of a process."""
    with open(f"/proc/{pid}/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def at_rest() -> dict[str, int]:
    """How many small objects Python holds, after a full collection: exact where memory is not."""
    gc.collect()
    return {"blocks": sys.getallocatedblocks()}


SAME = (
    *("tasks", "descriptors", "running", "connections", "channels", "subscribed", "streams"),
    *("guarded", "admitted", "outboxes"),
)
"""What must be as it was before anybody came. Fewer is nothing: the test's own knock was over."""


def left_over(now: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
    """What there is more of than before, and how much there is now."""
    return {key: now[key] for key in SAME if more(now[key], before[key])}


def more(now: Any, before: Any) -> bool:
    return bool(set(now) - set(before)) if isinstance(now, dict) else now > before
