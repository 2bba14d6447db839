from collections.abc import Awaitable, Callable
from functools import wraps

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
clients: set[WebSocket] = set()
Handler = Callable[[WebSocket], Awaitable[None]]


def forgotten_at_the_end(function: Handler) -> Handler:
    @wraps(function)
    async def wrapper(websocket: WebSocket) -> None:
        try:
            await function(websocket)
        finally:
            clients.discard(websocket)

    return wrapper


@app.websocket("/ws")
@forgotten_at_the_end
async def feed(websocket: WebSocket) -> None:
    await websocket.accept()
    clients.add(websocket)
    try:
        while True:
            await websocket.send_text(await websocket.receive_text())
    except WebSocketDisconnect:
        clients.discard(websocket)
