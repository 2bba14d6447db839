"""The wait of a helper has a deadline of its own; so has the one for an answer."""

import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
asked: dict[str, asyncio.Future[str]] = {}


class Letters:
    def __init__(self) -> None:
        self._letters: asyncio.Queue[str] = asyncio.Queue(maxsize=20)

    async def take(self) -> str:
        try:
            async with asyncio.timeout(15):
                return await self._letters.get()
        except TimeoutError:
            return "nothing new"


letters = Letters()


@app.websocket("/letters")
async def deliver(ws: WebSocket):
    await ws.accept()
    try:
        while True:
            await ws.send_text(await letters.take())
    except WebSocketDisconnect:
        pass


@app.websocket("/questions/{name}")
async def ask(ws: WebSocket, name: str):
    await ws.accept()
    answer = asked[name] = asyncio.get_running_loop().create_future()
    try:
        async with asyncio.timeout(30):
            await ws.send_text(await answer)
    except (TimeoutError, WebSocketDisconnect):
        pass
    finally:
        asked.pop(name, None)
