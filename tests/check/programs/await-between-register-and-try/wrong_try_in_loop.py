from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
clients: list[WebSocket] = []
history: list[str] = []


@app.websocket("/ws")
async def feed(ws: WebSocket) -> None:
    await ws.accept()
    clients.append(ws)
    for entry in history:
        await ws.send_text(entry)  # here
    while True:
        try:
            history.append(await ws.receive_text())
        except WebSocketDisconnect:
            clients.remove(ws)
            break
