import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, WebSocket

app = FastAPI()


@asynccontextmanager
async def conversation(websocket: WebSocket) -> AsyncIterator[WebSocket]:
    await websocket.accept()
    try:
        yield websocket
    finally:
        await websocket.close()  # here


@app.websocket("/notes")
async def notes(websocket: WebSocket) -> None:
    async with conversation(websocket) as socket:
        async for text in socket.iter_text():
            await socket.send_text(text)


async def read(websocket: WebSocket) -> None:
    async for text in websocket.iter_text():
        print(text)


async def tick(websocket: WebSocket) -> None:
    while True:
        await websocket.send_json({"tick": 1})
        await asyncio.sleep(1)


@app.websocket("/board")
async def board(websocket: WebSocket) -> None:
    await websocket.accept()
    tasks = [asyncio.create_task(read(websocket)), asyncio.create_task(tick(websocket))]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await websocket.close()  # here


class Room:
    def __init__(self) -> None:
        self.members: set[WebSocket] = set()

    async def leave(self, websocket: WebSocket) -> None:
        self.members.discard(websocket)
        await websocket.close()

    async def serve(self, websocket: WebSocket) -> None:
        await websocket.accept()
        self.members.add(websocket)
        try:
            async for text in websocket.iter_text():
                await websocket.send_text(text)
        finally:
            await self.leave(websocket)  # here


room = Room()


@app.websocket("/room")
async def enter(websocket: WebSocket) -> None:
    await room.serve(websocket)
