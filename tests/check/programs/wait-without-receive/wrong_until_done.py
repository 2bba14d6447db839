import asyncio
from dataclasses import dataclass, field

from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket


@dataclass
class Job:
    done: bool = False
    changed: asyncio.Event = field(default_factory=asyncio.Event)


JOBS: dict[str, Job] = {}


async def progress(ws: WebSocket) -> None:
    await ws.accept()
    job = JOBS[ws.path_params["job"]]
    while not job.done:
        await job.changed.wait()  # here
        job.changed.clear()
        await ws.send_json({"done": job.done})
    await ws.close()


app = Starlette(routes=[WebSocketRoute("/jobs/{job}", progress)])
