import asyncio
import contextlib
from collections.abc import Iterable

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
clients: set[WebSocket] = set()
screens: set[WebSocket] = set()
lock = asyncio.Lock()


async def tell(peer: WebSocket, text: str) -> None:
    with contextlib.suppress(WebSocketDisconnect, RuntimeError, asyncio.TimeoutError):
        await asyncio.wait_for(peer.send_text(text), 3)


async def say(peers: Iterable[WebSocket], text: str) -> None:
    for peer in peers:
        await tell(peer, text)


async def show(peers: set[WebSocket], text: str) -> None:
    for peer in peers:
        await tell(peer, text)


@app.websocket("/chat")
async def chat(websocket: WebSocket) -> None:
    await websocket.accept()
    clients.add(websocket)
    try:
        async for text in websocket.iter_text():
            await say(list(clients), text)
            await say([one for one in clients if one is not websocket], text)
    finally:
        clients.discard(websocket)


@app.websocket("/screens")
async def screen(websocket: WebSocket) -> None:
    await websocket.accept()
    async with lock:
        screens.add(websocket)
    try:
        async for text in websocket.iter_text():
            async with lock:
                await show(screens, text)
    finally:
        async with lock:
            screens.discard(websocket)
