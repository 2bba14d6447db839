import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
peers: set[WebSocket] = set()


async def broadcast(text: str):
    everyone = list(peers)
    sends = [asyncio.wait_for(peer.send_text(text), 5) for peer in everyone]
    results = await asyncio.gather(*sends, return_exceptions=True)
    for peer, result in zip(everyone, results):
        if isinstance(result, BaseException):
            peers.discard(peer)


@app.websocket("/ws")
async def endpoint(ws: WebSocket):
    await ws.accept()
    peers.add(ws)
    try:
        while True:
            await broadcast(await ws.receive_text())
    except WebSocketDisconnect:
        pass
    finally:
        peers.discard(ws)
