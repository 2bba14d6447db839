"""All sends are begun, and then waited for one after the other."""

import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()
clients: set[WebSocket] = set()


async def send(client: WebSocket, text: str) -> None:
    try:
        await client.send_text(text)
    except Exception:
        clients.discard(client)


async def in_order(text: str):
    tasks = [asyncio.create_task(send(client, text)) for client in clients]
    for task in tasks:
        await task  # here


async def as_they_come(text: str):
    sends = []
    for client in list(clients):
        sends += [send(client, text)]
    for sent in asyncio.as_completed(sends):
        await sent  # here


@app.websocket("/ws")
async def endpoint(client: WebSocket):
    await client.accept()
    clients.add(client)
    try:
        async for text in client.iter_text():
            await in_order(text)
            await as_they_come(text)
    finally:
        clients.discard(client)
