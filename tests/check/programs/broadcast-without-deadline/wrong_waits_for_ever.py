"""`wait_for` with None waits for ever."""

import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()
clients: set[WebSocket] = set()


async def news(text: str):
    for client in list(clients):
        try:
            await asyncio.wait_for(client.send_text(text), timeout=None)  # here
        except Exception:
            clients.discard(client)


async def alarm(text: str):
    for client in list(clients):
        try:
            async with asyncio.timeout(None):
                await client.send_text(text)  # here
        except Exception:
            clients.discard(client)


@app.websocket("/ws")
async def endpoint(client: WebSocket):
    await client.accept()
    clients.add(client)
    try:
        async for text in client.iter_text():
            await (alarm if text == "fire" else news)(text)
    finally:
        clients.discard(client)
