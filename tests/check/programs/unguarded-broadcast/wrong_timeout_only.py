"""Only the slow are caught: one who is gone raises WebSocketDisconnect."""

import asyncio
from typing import Annotated

from fastapi import Depends, FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


class Peers:
    def __init__(self) -> None:
        self.peers: dict[int, WebSocket] = {}

    async def tell(self, text: str) -> None:
        for number, peer in [*self.peers.items()]:
            try:
                await asyncio.wait_for(peer.send_text(text), 2)  # here
            except asyncio.TimeoutError:
                self.peers.pop(number, None)


peers = Peers()


def get_peers() -> Peers:
    return peers


@app.websocket("/ws")
async def endpoint(ws: WebSocket, known: Annotated[Peers, Depends(get_peers)]):
    await ws.accept()
    known.peers[id(ws)] = ws
    try:
        async for text in ws.iter_text():
            await known.tell(text)
    except WebSocketDisconnect:
        pass
    finally:
        known.peers.pop(id(ws), None)
