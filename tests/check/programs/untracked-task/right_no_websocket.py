"""Tasks of the application, and of HTTP requests."""

import asyncio
from contextlib import asynccontextmanager

from fastapi import FastAPI, WebSocket, WebSocketDisconnect


async def housekeeping():
    while True:
        await asyncio.sleep(60)


@asynccontextmanager
async def lifespan(app: FastAPI):
    task = asyncio.create_task(housekeeping())
    yield
    task.cancel()


app = FastAPI(lifespan=lifespan)


class Jobs:
    def create_task(self, name: str) -> None:
        print(name)


jobs = Jobs()


@app.websocket("/ws")
async def endpoint(ws: WebSocket):
    await ws.accept()
    try:
        while True:
            jobs.create_task(await ws.receive_text())
    except WebSocketDisconnect:
        pass
