from contextlib import AsyncExitStack

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
clients: set[WebSocket] = set()


@app.websocket("/ws")
async def feed(ws: WebSocket) -> None:
    async with AsyncExitStack() as stack:
        await ws.accept()
        clients.add(ws)
        stack.callback(clients.discard, ws)
        try:
            while True:
                await ws.send_text(await ws.receive_text())
        except WebSocketDisconnect:
            clients.discard(ws)
