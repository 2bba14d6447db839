import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


@app.websocket("/speech")
async def speech(websocket: WebSocket):
    await websocket.accept()
    asked: asyncio.Queue[str | None] = asyncio.Queue(100)
    spoken: asyncio.Queue[str | None] = asyncio.Queue(100)

    async def hear():
        try:
            while True:
                await asked.put(await websocket.receive_text())
        except WebSocketDisconnect:
            await asked.put(None)

    async def think():
        while (word := await asked.get()) is not None:
            await spoken.put(word.upper())
        await spoken.put(None)

    async def speak():
        while (word := await spoken.get()) is not None:
            await websocket.send_text(word)

    try:
        await asyncio.gather(hear(), think(), speak())
    finally:
        app.state.last = None
