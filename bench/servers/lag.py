"""How long a server's event loop keeps others waiting, seen from within.

A task wakes up every millisecond and notes by how much it was late. The client asks for that with
its order and reads the longest, in ms, from a file that both have mapped: two doubles, the second
of which is 1 while the client wants to know.
"""

import asyncio
import mmap
import os
import struct
import time
from pathlib import Path

VARIABLE = "BENCH_LAG"  # names the file
INTERVAL = 0.001
SHAPE = struct.Struct("=dd")

_tasks: set["asyncio.Task[None]"] = set()


class Gauge:
    """The mapped file."""

    def __init__(self, path: str) -> None:
        with Path(path).open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), SHAPE.size)

    @property
    def longest(self) -> float:
        """In ms."""
        return float(SHAPE.unpack_from(self._map)[0])

    @longest.setter
    def longest(self, value: float) -> None:
        SHAPE.pack_into(self._map, 0, value, SHAPE.unpack_from(self._map)[1])

    @property
    def wanted(self) -> bool:
        """Whether anybody looks."""
        return bool(SHAPE.unpack_from(self._map)[1])

    def start(self) -> None:
        """From zero."""
        SHAPE.pack_into(self._map, 0, 0.0, 1.0)

    def stop(self) -> None:
        """Nobody looks any more."""
        SHAPE.pack_into(self._map, 0, self.longest, 0.0)


def watch() -> None:
    """Note the loop's lag until the client has seen enough."""
    task = asyncio.create_task(_note(Gauge(os.environ[VARIABLE])))
    _tasks.add(task)
    task.add_done_callback(_tasks.discard)


async def _note(gauge: Gauge) -> None:
    while gauge.wanted:
        due = time.monotonic() + INTERVAL
        await asyncio.sleep(INTERVAL)
        gauge.longest = max(gauge.longest, (time.monotonic() - due) * 1000)
