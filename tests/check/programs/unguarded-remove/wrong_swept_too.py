"""A dataclass entry is removed by the sweeper and by the endpoint."""

import asyncio
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from fastapi import FastAPI, WebSocket


@dataclass(eq=False)
class Peer:
    ws: WebSocket
    seen: float = field(default_factory=time.monotonic)


peers: list[Peer] = []


async def sweeper() -> None:
    while True:
        await asyncio.sleep(30)
        old = [p for p in peers if time.monotonic() - p.seen > 90]
        for peer in old:
            peers.remove(peer)


@asynccontextmanager
async def lifespan(app: FastAPI):
    task = asyncio.create_task(sweeper())
    yield
    task.cancel()


app = FastAPI(lifespan=lifespan)


@app.websocket("/peer")
async def peer_socket(ws: WebSocket):
    await ws.accept()
    peer = Peer(ws)
    peers.append(peer)
    try:
        async for _ in ws.iter_text():
            peer.seen = time.monotonic()
    finally:
        peers.remove(peer)  # here
