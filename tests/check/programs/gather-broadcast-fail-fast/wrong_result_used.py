"""The result is used, so there is no safe fix."""

import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
peers: set[WebSocket] = set()


async def broadcast(text: str) -> int:
    results = await asyncio.gather(*[peer.send_text(text) for peer in peers])  # here
    return len(results)


@app.websocket("/ws")
async def endpoint(ws: WebSocket):
    await ws.accept()
    peers.add(ws)
    try:
        while True:
            await ws.send_json({"told": await broadcast(await ws.receive_text())})
    except WebSocketDisconnect:
        pass
    finally:
        peers.discard(ws)
