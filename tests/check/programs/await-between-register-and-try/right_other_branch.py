from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
clients: set[WebSocket] = set()


@app.websocket("/ws")
async def feed(ws: WebSocket, token: str = "") -> None:
    await ws.accept()
    clients.add(ws)
    if not token:
        clients.discard(ws)
        await ws.close(4401)
        return
    try:
        while True:
            await ws.send_text(await ws.receive_text())
    except WebSocketDisconnect:
        pass
    finally:
        clients.discard(ws)
