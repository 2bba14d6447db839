from weakref import WeakSet

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
clients: WeakSet[WebSocket] = WeakSet()


@app.websocket("/ws")
async def feed(ws: WebSocket) -> None:
    await ws.accept()
    clients.add(ws)
    try:
        while True:
            await ws.send_text(await ws.receive_text())
    except WebSocketDisconnect:
        clients.discard(ws)
