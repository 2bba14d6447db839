import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


@app.websocket("/speech")
async def speech(websocket: WebSocket):
    await websocket.accept()
    topic = app.state.redis.pubsub()
    await topic.subscribe("words")
    spoken: asyncio.Queue[str | None] = asyncio.Queue(100)

    async def hear():
        try:
            while True:
                app.state.heard = await websocket.receive_bytes()
        except WebSocketDisconnect:
            await spoken.put(None)

    async def write():
        async for message in topic.listen():
            await websocket.send_text(message["data"])
            await spoken.put(message["data"])

    async def speak():
        while (word := await spoken.get()) is not None:
            await websocket.send_bytes(word.encode())

    await asyncio.gather(hear(), write(), speak())  # here
