"""Gather waits for the slowest."""

import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
peers: set[WebSocket] = set()


async def broadcast(message: str) -> None:
    await asyncio.gather(*(peer.send_text(message) for peer in peers))  # here


async def broadcast_json(message: dict) -> None:
    await asyncio.gather(*[p.send_json(message) for p in peers], return_exceptions=True)  # here


async def broadcast_bytes(message: bytes) -> None:
    sends = [peer.send_bytes(message) for peer in peers]
    await asyncio.gather(*sends, return_exceptions=True)  # here


async def broadcast_one_by_one(message: str) -> None:
    [await peer.send_text(message) for peer in list(peers)]  # here


async def broadcast_if_there(message: str) -> None:
    coroutines = []
    for peer in peers:
        coroutines.append(peer.send_text(message))
    if coroutines:
        await asyncio.gather(*coroutines, return_exceptions=True)  # here


@app.websocket("/ws")
async def endpoint(ws: WebSocket):
    await ws.accept()
    peers.add(ws)
    try:
        while True:
            text = await ws.receive_text()
            await broadcast(text)
            await broadcast_json({"text": text})
            await broadcast_bytes(text.encode())
            await broadcast_one_by_one(text)
            await broadcast_if_there(text)
    except WebSocketDisconnect:
        pass
    finally:
        peers.discard(ws)
