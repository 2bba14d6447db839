"""This machine's load, live: ``{"cpu": 22.4, "memory": 65.1}`` at once and then every second.

Shows a stream. The function runs once a second for all viewers together, and not at all while
nobody looks. The same path serves server-sent events to who asks for them.

    pip install psutil
    uvicorn examples.metrics:app
    python -m websockets ws://127.0.0.1:8000/ws/metrics
    curl -N -H "Accept: text/event-stream" http://127.0.0.1:8000/ws/metrics
"""

import psutil
from fastapi import FastAPI

from holdfast import Holdfast

app = FastAPI()
hf = Holdfast(app)

psutil.cpu_percent()  # it measures from one call to the next; the first one returns a plain zero


@hf.stream("/ws/metrics", every=1.0)
async def metrics() -> dict[str, float]:
    """Percent of the processors in use, percent of the memory in use."""
    return {"cpu": psutil.cpu_percent(), "memory": psutil.virtual_memory().percent}
