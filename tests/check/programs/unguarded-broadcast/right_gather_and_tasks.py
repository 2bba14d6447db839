"""Sends that run beside each other: one that fails does not keep the rest from theirs."""

import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
peers: set[WebSocket] = set()
tasks: set[asyncio.Task] = set()


async def broadcast(text: str):
    sends = [asyncio.wait_for(peer.send_text(text), 5) for peer in peers]
    await asyncio.gather(*sends, return_exceptions=True)


async def broadcast_later(text: str):
    for peer in peers:
        task = asyncio.create_task(peer.send_text(text))
        tasks.add(task)
        task.add_done_callback(tasks.discard)


@app.websocket("/ws")
async def endpoint(ws: WebSocket):
    await ws.accept()
    peers.add(ws)
    try:
        while True:
            text = await ws.receive_text()
            await broadcast(text)
            await broadcast_later(text)
    except WebSocketDisconnect:
        pass
    finally:
        peers.discard(ws)
