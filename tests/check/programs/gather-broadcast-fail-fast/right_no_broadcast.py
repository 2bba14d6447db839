"""Gathers that send to nobody, or close, or ask other things."""

import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
peers: set[WebSocket] = set()


class Feed:
    async def read(self) -> str:
        return "news"

    async def send_text(self, text: str) -> None:
        print(text)


feeds: list[Feed] = [Feed(), Feed()]


@app.websocket("/ws")
async def endpoint(ws: WebSocket):
    await ws.accept()
    peers.add(ws)
    try:
        while True:
            await ws.receive_text()
            for news in await asyncio.gather(*(feed.read() for feed in feeds)):
                await ws.send_text(news)
            await asyncio.gather(*(feed.send_text("seen") for feed in feeds))
    except WebSocketDisconnect:
        pass
    finally:
        peers.discard(ws)
