"""The stored connection is compared by its own id."""

import uuid
from dataclasses import dataclass, field
from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


@dataclass(eq=False)
class Link:
    ws: WebSocket
    id: str = field(default_factory=lambda: str(uuid.uuid4()))


links: dict[str, Link] = {}


@app.websocket("/link/{serial}")
async def link(ws: WebSocket, serial: str):
    await ws.accept()
    mine = Link(ws)
    links[serial] = mine
    try:
        while True:
            await ws.send_text(await ws.receive_text())
    except WebSocketDisconnect:
        pass
    finally:
        current = links.get(serial)
        if current and current.id == mine.id:
            links.pop(serial)
