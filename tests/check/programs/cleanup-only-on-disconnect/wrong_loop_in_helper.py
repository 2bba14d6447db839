import json

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
online: dict[WebSocket, str] = {}


async def serve(ws: WebSocket, name: str) -> None:
    while True:
        order = json.loads(await ws.receive_text())
        await ws.send_text(f"{name} wants {order['what']}")


@app.websocket("/orders/{name}")
async def orders(ws: WebSocket, name: str):
    await ws.accept()
    online[ws] = name
    try:
        await serve(ws, name)
    except (WebSocketDisconnect, RuntimeError):
        del online[ws]  # here
