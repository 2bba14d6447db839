import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()

    async def read():
        while True:
            await websocket.receive_text()

    async def tick():
        while True:
            await websocket.send_text("tick")
            await asyncio.sleep(1)

    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(read())
            group.create_task(tick())
    except* WebSocketDisconnect:
        pass
