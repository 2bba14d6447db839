"""Made in __init__ of a connection class, maxsize=0 is unbounded as well."""

import asyncio
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket

LINKS: list["Link"] = []


class Link:
    def __init__(self, ws):
        self.ws = ws
        self.pending = asyncio.Queue(maxsize=0)  # here

    async def pump(self):
        while True:
            item = await self.pending.get()
            await self.ws.send_bytes(item)


async def relay(websocket: WebSocket):
    await websocket.accept()
    link = Link(websocket)
    LINKS.append(link)
    task = asyncio.create_task(link.pump())
    try:
        async for data in websocket.iter_bytes():
            for other in list(LINKS):
                await other.pending.put(data)
    finally:
        task.cancel()
        if link in LINKS:
            LINKS.remove(link)


app = Starlette(routes=[WebSocketRoute("/relay", relay)])
