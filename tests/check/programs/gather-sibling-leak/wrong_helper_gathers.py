import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()


async def side_by_side(*work):
    print(len(work), "at once")
    return await asyncio.gather(*work)  # here


async def hear(websocket: WebSocket) -> None:
    async for word in websocket.iter_text():
        print(word)


async def sing(websocket: WebSocket) -> None:
    while True:
        await websocket.send_text("la")
        await asyncio.sleep(0.5)


@app.websocket("/choir")
async def choir(websocket: WebSocket) -> None:
    await websocket.accept()
    await side_by_side(hear(websocket), sing(websocket))
