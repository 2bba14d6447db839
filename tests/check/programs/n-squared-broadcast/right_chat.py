"""A chat: what a client says goes to everybody once."""

import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
clients: list[WebSocket] = []


async def broadcast(text: str):
    for client in list(clients):
        try:
            await asyncio.wait_for(client.send_text(text), 5)
        except Exception:
            pass


@app.websocket("/ws")
async def endpoint(ws: WebSocket):
    await ws.accept()
    clients.append(ws)
    try:
        while True:
            text = await ws.receive_text()
            await broadcast(text)
            await asyncio.sleep(0.01)
    except WebSocketDisconnect:
        pass
    finally:
        clients.remove(ws)
