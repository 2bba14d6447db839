"""The registry is iterated by a method of its own, which walks what it keeps."""

import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()


class Crowd:
    def __init__(self):
        self._clients: set[WebSocket] = set()

    def __iter__(self):
        yield from self._clients

    def add(self, client: WebSocket):
        self._clients.add(client)

    def remove(self, client: WebSocket):
        self._clients.discard(client)


crowd = Crowd()


@app.websocket("/crowd")
async def shout(client: WebSocket):
    await client.accept()
    crowd.add(client)
    try:
        async for text in client.iter_text():
            for other in crowd:  # here
                await asyncio.wait_for(other.send_text(text), 3)
    finally:
        crowd.remove(client)
