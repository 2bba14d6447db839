import asyncio
import contextlib

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
rooms: dict[str, set[WebSocket]] = {}


async def tell(peer: WebSocket, text: str) -> None:
    with contextlib.suppress(WebSocketDisconnect, RuntimeError, asyncio.TimeoutError):
        await asyncio.wait_for(peer.send_text(text), 3)


async def say(room: set[WebSocket], text: str) -> None:
    for peer in room:  # here
        await tell(peer, text)


@app.websocket("/rooms/{name}")
async def chat(websocket: WebSocket, name: str) -> None:
    await websocket.accept()
    room = rooms.setdefault(name, set())
    room.add(websocket)
    try:
        async for text in websocket.iter_text():
            await say(room, text)
    finally:
        room.discard(websocket)
        if not room:
            rooms.pop(name, None)
