"""This machine, once a second."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import APIRouter

from holdfast.demo.live import hf
from holdfast.demo.meter import Meter, Sample

MINUTES = 5  # of history, for a page that loads

router = APIRouter()
meter = Meter()
recent: deque[Sample] = deque(maxlen=60 * MINUTES)


@asynccontextmanager
async def watching() -> AsyncIterator[None]:
    """Watch the event loop for as long as the server runs."""
    task = asyncio.create_task(meter.watch_loop())
    yield
    task.cancel()


@hf.stream("/ws/metrics", every=1.0, linger=60.0 * MINUTES)
async def metrics() -> Sample:
    """Measure once a second for all viewers, and for some minutes after the last of them."""
    sample = meter.read()
    recent.append(sample)
    return sample


@router.get("/metrics/recent")
async def recent_metrics() -> list[Sample]:
    """What was measured before this page was opened."""
    return list(recent)
