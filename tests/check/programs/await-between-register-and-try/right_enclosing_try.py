from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
clients: set[WebSocket] = set()


@app.websocket("/ws")
async def feed(ws: WebSocket) -> None:
    try:
        await ws.accept()
        clients.add(ws)
        await ws.send_text("welcome")
        try:
            while True:
                await ws.send_text(await ws.receive_text())
        except WebSocketDisconnect:
            clients.discard(ws)
    finally:
        clients.discard(ws)
