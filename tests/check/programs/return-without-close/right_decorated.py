from collections.abc import Awaitable, Callable
from functools import wraps

from fastapi import FastAPI, WebSocket

app = FastAPI()
Endpoint = Callable[[WebSocket], Awaitable[None]]


def polite(function: Endpoint) -> Endpoint:
    @wraps(function)
    async def inner(websocket: WebSocket) -> None:
        await websocket.accept()
        await function(websocket)
        await websocket.close()

    return inner


def closing(function: Endpoint) -> Endpoint:
    @wraps(function)
    async def inner(websocket: WebSocket) -> None:
        await function(websocket)
        await websocket.close(1000, "that was all")

    return inner


@app.websocket("/ws")
@polite
async def endpoint(websocket: WebSocket) -> None:
    await websocket.send_text("welcome")


@app.websocket("/closing")
@closing
async def second(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.send_text("welcome")
