"""One peer's failure must not stop what the others get."""

import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()
peers: set[WebSocket] = set()


async def broadcast_for_ever() -> None:
    while True:
        for peer in list(peers):
            try:
                async with asyncio.timeout(1):
                    await peer.send_text("tick")
            except Exception:
                peers.discard(peer)
        await asyncio.sleep(1)
