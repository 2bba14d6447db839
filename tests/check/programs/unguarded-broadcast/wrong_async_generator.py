"""The connections come from an asynchronous generator of the program."""

import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()


class Shelf:
    def __init__(self):
        self.slots: dict[str, WebSocket] = {}

    async def each(self):
        for name in list(self.slots):
            if name in self.slots:
                yield name, self.slots[name]


shelf = Shelf()


@app.websocket("/slots/{name}")
async def slot(client: WebSocket, name: str):
    await client.accept()
    shelf.slots[name] = client
    try:
        async for text in client.iter_text():
            async for other, peer in shelf.each():
                if other != name:
                    await asyncio.wait_for(peer.send_text(text), 2)  # here
    finally:
        shelf.slots.pop(name, None)
