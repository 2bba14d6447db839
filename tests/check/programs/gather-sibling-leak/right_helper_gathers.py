"""Who calls the helper sees to it that both end."""

import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()


async def side_by_side(*work):
    return await asyncio.gather(*work)


async def hear(websocket: WebSocket, over: asyncio.Event) -> None:
    async for word in websocket.iter_text():
        print(word)
    over.set()


async def sing(websocket: WebSocket, over: asyncio.Event) -> None:
    while not over.is_set():
        await websocket.send_text("la")
        await asyncio.sleep(0.5)


async def hum(websocket: WebSocket) -> None:
    while True:
        await websocket.send_text("mm")
        await asyncio.sleep(0.5)


async def listen(websocket: WebSocket) -> None:
    async for _ in websocket.iter_text():
        pass


@app.websocket("/choir")
async def choir(websocket: WebSocket) -> None:
    await websocket.accept()
    over = asyncio.Event()
    await side_by_side(hear(websocket, over), sing(websocket, over))


@app.websocket("/hum")
async def humming(websocket: WebSocket) -> None:
    await websocket.accept()
    hums = asyncio.create_task(hum(websocket))
    listens = asyncio.create_task(listen(websocket))
    listens.add_done_callback(lambda _: hums.cancel())
    await side_by_side(hums, listens)
