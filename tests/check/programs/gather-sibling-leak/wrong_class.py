"""A session object; tasks are made first, and nobody cancels them."""

import asyncio

from fastapi import APIRouter, FastAPI, WebSocket, WebSocketDisconnect

router = APIRouter()


class Session:
    def __init__(self, ws: WebSocket) -> None:
        self.ws = ws
        self.inbox: asyncio.Queue[str] = asyncio.Queue(maxsize=10)

    async def listen(self) -> None:
        try:
            while True:
                await self.inbox.put(await self.ws.receive_text())
        except WebSocketDisconnect:
            print("gone")

    async def work(self) -> None:
        while True:
            text = await self.inbox.get()
            await self.ws.send_text(text.upper())

    async def run(self) -> None:
        listening: asyncio.Task = asyncio.create_task(self.listen())
        working = asyncio.create_task(self.work())
        await asyncio.gather(listening, working, return_exceptions=True)  # here


@router.websocket("/session")
async def session(ws: WebSocket):
    await ws.accept()
    await Session(ws).run()


app = FastAPI()
app.include_router(router)
