import asyncio

from fastapi import FastAPI, WebSocket
from starlette.websockets import WebSocketState

app = FastAPI()
clients: set[WebSocket] = set()


async def broadcast(text: str) -> None:
    for client in list(clients):
        if client.client_state != WebSocketState.CONNECTED:
            clients.discard(client)
            continue
        try:
            await asyncio.wait_for(client.send_text(text), 1)
        except Exception:
            clients.discard(client)


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    clients.add(websocket)
    try:
        async for text in websocket.iter_text():
            await broadcast(text)
    finally:
        clients.discard(websocket)
