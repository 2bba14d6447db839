"""A task for each peer, and nobody is waited for without end."""

import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()
peers: set[WebSocket] = set()


async def tell_each_in_time(text: str) -> None:
    tasks = []
    for peer in list(peers):
        tasks.append(asyncio.create_task(peer.send_text(text)))
    await asyncio.gather(*[asyncio.wait_for(one, 2) for one in tasks], return_exceptions=True)


async def tell_all_in_time(text: str) -> None:
    tasks = []
    for peer in list(peers):
        tasks.append(asyncio.Task(peer.send_text(text)))
    if tasks:
        await asyncio.wait(tasks, timeout=2)


@app.websocket("/ws")
async def chat(websocket: WebSocket) -> None:
    await websocket.accept()
    peers.add(websocket)
    try:
        async for text in websocket.iter_text():
            await tell_each_in_time(text)
            await tell_all_in_time(text)
    finally:
        peers.discard(websocket)
