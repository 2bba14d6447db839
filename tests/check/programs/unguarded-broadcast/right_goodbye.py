"""Each in turn is told why and closed: that is an end, and no news."""

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
idle: dict[str, WebSocket] = {}


async def disconnect(ws: WebSocket, reason: str) -> None:
    try:
        await ws.send_json({"error": reason})
        await ws.close(1001, reason)
    except (RuntimeError, WebSocketDisconnect):
        pass


@app.post("/sweep")
async def sweep():
    for name, ws in list(idle.items()):
        await disconnect(ws, "idle")
        idle.pop(name, None)


@app.websocket("/ws/{name}")
async def endpoint(ws: WebSocket, name: str):
    await ws.accept()
    idle[name] = ws
    try:
        while True:
            await ws.receive_text()
    except WebSocketDisconnect:
        pass
    finally:
        idle.pop(name, None)
