from fastapi import FastAPI, WebSocket, WebSocketDisconnect

import registry
from registry import forget

app = FastAPI()


async def push(text: str):
    for key in registry.sessions:
        try:
            await registry.sessions[key].send_text(text)
        except Exception:
            forget(key)  # here


@app.websocket("/ws/{key}")
async def endpoint(client: WebSocket, key: str):
    await client.accept()
    registry.sessions[key] = client
    try:
        while True:
            await push(await client.receive_text())
    except WebSocketDisconnect:
        forget(key)
