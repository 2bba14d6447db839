import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
news: asyncio.Queue = asyncio.Queue(maxsize=100)


async def receive(ws: WebSocket):
    while True:
        await ws.receive_text()


async def send(ws: WebSocket):
    while True:
        await ws.send_text(await news.get())


@app.websocket("/ws")
async def endpoint(ws: WebSocket):
    await ws.accept()
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(receive(ws))
            group.create_task(send(ws))
    except* WebSocketDisconnect:
        pass
