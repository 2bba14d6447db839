"""The app whose connections do nothing: one endpoint of ours that only reacts, and a plain one."""

from __future__ import annotations

import asyncio
import os
from typing import Any

from fastapi import FastAPI, WebSocket

from holdfast import Connection, Endpoint, Holdfast
from tests.endurance.counts import resident

app = FastAPI()
hf = Holdfast(app)


@hf.websocket("/own")
class Own(Endpoint[str]):
    """Sends back what comes, which is nothing."""

    async def on_message(self, conn: Connection[str], message: str) -> None:
        await conn.send(message)


@app.websocket("/plain")
async def plain(websocket: WebSocket) -> None:
    """The same as tutorials write it."""
    await websocket.accept()
    while (message := await websocket.receive())["type"] == "websocket.receive":
        await websocket.send_text(message["text"])


@app.get("/state")
async def state() -> dict[str, Any]:
    return {
        "connections": hf.statistics().connections,
        "tasks": len(asyncio.all_tasks()),
        "descriptors": len(os.listdir("/proc/self/fd")),
        "resident": resident(),
    }
