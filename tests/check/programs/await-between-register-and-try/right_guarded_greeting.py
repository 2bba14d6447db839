from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
clients: list[WebSocket] = []


@app.websocket("/ws")
async def feed(ws: WebSocket) -> None:
    await ws.accept()
    clients.append(ws)
    try:
        await ws.send_text("welcome")
    except BaseException:
        clients.remove(ws)
        raise
    try:
        while True:
            await ws.send_text(await ws.receive_text())
    except WebSocketDisconnect:
        pass
    finally:
        clients.remove(ws)
