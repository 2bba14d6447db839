import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
alive: list[str] = []


async def work(name: str):
    alive.append(name)
    try:
        while True:
            await asyncio.sleep(0.02)
    finally:
        alive.remove(name)


@app.websocket("/ws/{name}")
async def endpoint(websocket: WebSocket, name: str):
    await websocket.accept()
    task = asyncio.create_task(work(name))
    try:
        while True:
            await websocket.receive_text()
    except WebSocketDisconnect:
        pass
    finally:
        task.cancel()
