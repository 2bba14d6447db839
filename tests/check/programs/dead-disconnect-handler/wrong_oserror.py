"""Nothing but the client is read: neither exception can come."""

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
TOTALS: dict[str, int] = {}


@app.websocket("/measure/{name}")
async def measure(ws: WebSocket, name: str):
    await ws.accept()
    total = 0
    try:
        async for part in ws.iter_bytes():
            total += len(part)
    except (WebSocketDisconnect, OSError):  # here
        TOTALS[name] = total
