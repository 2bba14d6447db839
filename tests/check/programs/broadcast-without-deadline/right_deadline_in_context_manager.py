"""The deadline is in a context manager that the program makes for itself."""

import asyncio
from contextlib import asynccontextmanager

from fastapi import FastAPI, WebSocket

app = FastAPI()
clients: dict[int, WebSocket] = {}


@asynccontextmanager
async def patiently(key: int):
    try:
        async with asyncio.timeout(3):
            yield
    except Exception:
        clients.pop(key, None)


@app.websocket("/ws")
async def endpoint(client: WebSocket):
    await client.accept()
    clients[id(client)] = client
    try:
        async for text in client.iter_text():
            for key, other in list(clients.items()):
                async with patiently(key):
                    await other.send_text(text)
    finally:
        clients.pop(id(client), None)
