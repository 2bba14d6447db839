import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


async def authenticate(websocket: WebSocket) -> str:
    return await websocket.receive_text()


@app.websocket("/awaited")
async def awaited(websocket: WebSocket):
    await websocket.accept()
    task = asyncio.create_task(authenticate(websocket))
    try:
        user = await asyncio.wait_for(task, 5)
        while True:
            await websocket.send_text(user + await websocket.receive_text())
    except (TimeoutError, WebSocketDisconnect):
        pass


@app.websocket("/cancelled")
async def cancelled(websocket: WebSocket):
    await websocket.accept()
    task = asyncio.create_task(authenticate(websocket))
    await websocket.send_text("hello")
    task.cancel()
    async for text in websocket.iter_text():
        await websocket.send_text(text)
