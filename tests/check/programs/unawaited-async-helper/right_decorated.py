import asyncio
import functools
from contextlib import asynccontextmanager

from fastapi import FastAPI, WebSocket

app = FastAPI()
running: set[asyncio.Task] = set()


def in_background(function):
    """Make a call start a task."""

    @functools.wraps(function)
    def start(*args, **kwargs):
        task = asyncio.get_running_loop().create_task(function(*args, **kwargs))
        running.add(task)
        task.add_done_callback(running.discard)

    return start


@in_background
async def notify(ws: WebSocket, text: str):
    await ws.send_text(text)


class Audit:
    @in_background
    async def write(self, text: str):
        await asyncio.sleep(0)

    @asynccontextmanager
    async def session(self, ws: WebSocket):
        self.write("came")
        yield self
        self.write("left")


audit = Audit()


@app.websocket("/ws")
async def endpoint(ws: WebSocket):
    await ws.accept()
    async with audit.session(ws):
        async for text in ws.iter_text():
            notify(ws, text)
            audit.write(text)
