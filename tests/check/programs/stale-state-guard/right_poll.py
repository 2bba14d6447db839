import asyncio

from fastapi import FastAPI, WebSocket
from starlette.websockets import WebSocketState

app = FastAPI()


async def look(websocket: WebSocket) -> None:
    try:
        await asyncio.wait_for(websocket.receive(), timeout=0.1)
    except TimeoutError:
        pass


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    while websocket.client_state == WebSocketState.CONNECTED:
        await websocket.send_text("beat")
        await look(websocket)
