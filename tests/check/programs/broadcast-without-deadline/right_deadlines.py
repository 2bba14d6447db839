"""A deadline around each send, around the loop, around gather, or in the helper."""

import asyncio
from contextlib import suppress

import anyio
from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
peers: list[WebSocket] = []


async def send(peer, text):
    try:
        await asyncio.wait_for(peer.send_text(text), timeout=5)
    except Exception:
        await peer.close(1011)


async def send_in_time(peer, text):
    async with asyncio.timeout(5):
        await peer.send_text(text)


async def broadcast(text: str):
    for peer in list(peers):
        with suppress(Exception):
            await asyncio.wait_for(peer.send_text(text), 1)
    for peer in list(peers):
        with suppress(Exception):
            async with asyncio.timeout(1):
                await peer.send_text(text)
    for peer in list(peers):
        with anyio.move_on_after(1):
            await peer.send_text(text)
    for peer in list(peers):
        await send(peer, text)
    await asyncio.gather(*(send(peer, text) for peer in peers))
    await asyncio.gather(*[send_in_time(peer, text) for peer in peers], return_exceptions=True)


async def broadcast_as_a_whole(text: str):
    async with asyncio.timeout(5):
        for peer in list(peers):
            await peer.send_text(text)
    await asyncio.wait_for(asyncio.gather(*(peer.send_text(text) for peer in peers)), 5)
    sends = [asyncio.wait_for(peer.send_text(text), 5) for peer in peers]
    await asyncio.gather(*sends, return_exceptions=True)


@app.websocket("/ws")
async def endpoint(ws: WebSocket):
    await ws.accept()
    peers.append(ws)
    try:
        while True:
            text = await ws.receive_text()
            await broadcast(text)
            await broadcast_as_a_whole(text)
    except WebSocketDisconnect:
        pass
    finally:
        peers.remove(ws)
