"""An app for several workers over Redis: where it is comes in HOLDFAST_TEST_REDIS."""

import asyncio
import os
from typing import Any

from fastapi import FastAPI

from holdfast import Connection, Deadlines, History, Holdfast
from holdfast.backplane.port import Position


class NamesWorker:
    """Every answer says which worker gave it."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async def naming(message: Any) -> None:
            if message["type"] in ("http.response.start", "websocket.accept"):
                name = (b"x-worker", str(os.getpid()).encode())
                message = {**message, "headers": [*message.get("headers", ()), name]}
            await send(message)

        await self._app(scope, receive, naming)


app = FastAPI()
app.add_middleware(NamesWorker)
hf = Holdfast(
    app,
    backplane=os.environ["HOLDFAST_TEST_REDIS"],
    deadlines=Deadlines(publish_wait=5.0),  # its readers share two cores with four workers
)
hf.channel("kept.{name}", history=History(size=5000, ttl=120))
app.include_router(hf.health_router())


@hf.websocket("/talk/{channel}", envelope=True)
async def talk(conn: Connection[str], channel: str, since: str = "") -> None:
    """What is sent is published; the first message says whether all was recovered."""
    complete = await conn.join(channel, since=Position.parse(since) if since else None)
    await conn.send({"complete": complete})
    async for text in conn:
        await hf.publish(channel, text)


@hf.subscribe("/feed/{channel}", envelope=True)
async def feed(channel: str) -> str:
    return channel


@app.post("/publish/{channel}")
async def publish(channel: str, count: int = 1, pause: float = 0) -> dict[str, Any]:
    """Publish ``PID-NUMBER`` so many times; says who did, and where the last one is."""
    position = None
    for n in range(count):
        position = await hf.publish(channel, f"{os.getpid()}-{n}")
        if pause:
            await asyncio.sleep(pause)  # pacing
    return {"pid": os.getpid(), "position": str(position)}


@app.post("/broadcast")
async def broadcast() -> int:
    await hf.broadcast({"from": os.getpid()})
    return os.getpid()


@app.get("/history/{channel}")
async def history(channel: str, since: str = "", limit: int = 100) -> dict[str, Any]:
    page = await hf.history(channel, since=Position.parse(since) if since else None, limit=limit)
    return {
        "position": str(page.position),
        "complete": page.complete,
        "values": [publication.value for publication in page.publications],
    }
