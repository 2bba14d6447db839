import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    inbox: asyncio.Queue[str] = asyncio.Queue(maxsize=10)

    async def read():
        while True:
            await inbox.put(await websocket.receive_text())  # here

    async def answer():
        while True:
            text = await inbox.get()
            await websocket.send_text(text[::-1])

    async with asyncio.TaskGroup() as group:
        group.create_task(read())
        group.create_task(answer())
