from __future__ import annotations

from typing import Optional

from fastapi import FastAPI
from fastapi import WebSocket as Socket

app = FastAPI()
current: Optional[Socket] = None
players: dict[str, Socket] = {}


@app.websocket("/ws/{name}")
async def play(conn: Socket, name: str):
    global current
    await conn.accept()
    current = conn
    players[name] = conn
    async for text in conn.iter_text():
        if text == "stop":
            conn.close()  # here
            break
        players[name].send_text(text)  # here
        for other, peer in players.items():
            if other != name:
                peer.send_text(text)  # here


@app.post("/announce")
async def announce(text: str):
    if current is not None:
        current.send_text(text)  # here
    return {"told": len(players)}
