import asyncio

from fastapi import FastAPI, WebSocket

from state import is_connected

app = FastAPI()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    while is_connected(websocket):  # here
        await websocket.send_text("beat")
        await asyncio.sleep(0.05)
