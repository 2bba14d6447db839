"""Each send's exception is caught, written down, and raised again."""

import asyncio
import logging

from fastapi import FastAPI, WebSocket

app = FastAPI()
logger = logging.getLogger(__name__)
clients: set[WebSocket] = set()


async def send(client: WebSocket, text: str) -> None:
    try:
        await asyncio.wait_for(client.send_text(text), 2)
    except Exception:
        logger.warning("lost %s", client.client)
        raise


@app.websocket("/ws")
async def endpoint(client: WebSocket):
    await client.accept()
    clients.add(client)
    try:
        async for text in client.iter_text():
            await asyncio.gather(*(send(other, text) for other in clients))  # here
    finally:
        clients.discard(client)
