"""This machine and this server, once a second, with the last quarter of an hour."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import APIRouter

from holdfast import History, Ring
from holdfast.demo.live import hf
from holdfast.demo.meter import Meter

CHANNEL = "telemetry"
KEPT = 15 * 60  # samples, and seconds

router = APIRouter()

hf.channel(CHANNEL, history=History(size=KEPT, ttl=KEPT), ring=Ring(bytes=4 << 20))


@hf.subscribe("/ws/telemetry", since="all", envelope=True)  # who comes back says ?since=
@hf.subscribe("/ws/metrics", since=1)  # the plain samples, the latest at once
async def telemetry() -> str:
    """Listen to the samples."""
    measuring.start()  # a server without lifespan has not started it yet
    return CHANNEL


class Measuring:
    """Publishes a sample each second: for as long as the server runs, seen or not."""

    def __init__(self) -> None:
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin, unless it goes on already."""
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())

    def stop(self) -> None:
        """End."""
        if self._task is not None:
            self._task.cancel()
            self._task = None

    async def _run(self) -> None:
        meter = Meter(hf.statistics)
        while True:
            await meter.second()
            await hf.publish(CHANNEL, meter.read())


measuring = Measuring()


@asynccontextmanager
async def watching() -> AsyncIterator[None]:
    """Measure for as long as the server runs."""
    measuring.start()
    yield
    measuring.stop()


@router.get("/state")
async def state() -> dict[str, Any]:
    """What this process holds now: a tab that is closed leaves nothing of it behind."""
    now = hf.statistics()
    return {
        "connections": now.connections,
        "channels": now.channels,
        "streams": [
            {"path": one.path, "viewers": one.viewers, "state": one.state} for one in hf.streams
        ],
        "tasks": len(asyncio.all_tasks()),
    }
