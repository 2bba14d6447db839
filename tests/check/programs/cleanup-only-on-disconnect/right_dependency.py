from collections.abc import Iterator

from fastapi import Depends, FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
clients: set[WebSocket] = set()


def registered(websocket: WebSocket) -> Iterator[set[WebSocket]]:
    clients.add(websocket)
    try:
        yield clients
    finally:
        clients.discard(websocket)


@app.websocket("/ws")
async def feed(websocket: WebSocket, everybody: set[WebSocket] = Depends(registered)) -> None:
    await websocket.accept()
    try:
        while True:
            await websocket.send_text(await websocket.receive_text())
    except WebSocketDisconnect:
        print(len(everybody), "were connected")
