import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()
CLIENTS = {}


async def keep_alive():
    while True:
        await asyncio.sleep(10)  # here


@app.websocket("/ws/{name}")
async def endpoint(websocket: WebSocket, name: str):
    await websocket.accept()
    CLIENTS[name] = websocket
    try:
        await keep_alive()
    finally:
        CLIENTS.pop(name, None)
