"""A task for each peer, and then all of them are waited for: the slowest says when that ends."""

import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()
peers: dict[WebSocket, str] = {}


async def tell_others(text: str, sender: WebSocket) -> None:
    tasks = []
    for peer, kind in peers.items():
        if peer is not sender and kind == "viewer":
            tasks.append(asyncio.create_task(peer.send_text(text)))
    if tasks:
        shielded = [asyncio.shield(one) for one in tasks]
        await asyncio.gather(*shielded, return_exceptions=True)  # here


async def tell_all(text: str) -> None:
    tasks = []
    for peer in list(peers):
        tasks.append(asyncio.Task(peer.send_text(text)))
    if tasks:
        await asyncio.wait(tasks)  # here


@app.websocket("/ws")
async def chat(websocket: WebSocket) -> None:
    await websocket.accept()
    peers[websocket] = "viewer"
    try:
        async for text in websocket.iter_text():
            await tell_others(text, websocket)
            await tell_all(text)
    finally:
        peers.pop(websocket, None)
