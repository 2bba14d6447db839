"""A helper cancels what is left; or the session's own stop()."""

import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
news: asyncio.Queue = asyncio.Queue(maxsize=100)


async def reads(ws: WebSocket):
    while True:
        print(await ws.receive_text())


async def writes(ws: WebSocket):
    while True:
        await ws.send_text(await news.get())


async def end_all(*tasks: asyncio.Task):
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


@app.websocket("/helper")
async def with_helper(ws: WebSocket):
    await ws.accept()
    reading, writing = asyncio.create_task(reads(ws)), asyncio.create_task(writes(ws))
    try:
        await asyncio.gather(reading, writing)
    except WebSocketDisconnect:
        pass
    finally:
        await end_all(reading, writing)


class Session:
    def __init__(self, ws: WebSocket) -> None:
        self.ws = ws

    async def run(self) -> None:
        self.reading = asyncio.create_task(reads(self.ws))
        self.writing = asyncio.create_task(writes(self.ws))
        await asyncio.gather(self.reading, self.writing)

    def stop(self) -> None:
        self.reading.cancel()
        self.writing.cancel()


@app.websocket("/session")
async def with_session(ws: WebSocket):
    await ws.accept()
    session = Session(ws)
    try:
        await session.run()
    except WebSocketDisconnect:
        pass
    finally:
        session.stop()
