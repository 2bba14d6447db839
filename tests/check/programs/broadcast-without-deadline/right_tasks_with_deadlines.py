"""Each task has its deadline, or is cancelled, before it is waited for."""

import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()
clients: set[WebSocket] = set()


async def send(client: WebSocket, text: str) -> None:
    try:
        await asyncio.wait_for(client.send_text(text), 2)
    except Exception:
        clients.discard(client)


async def pump(client: WebSocket, queue: asyncio.Queue) -> None:
    while True:
        await client.send_text(await queue.get())


async def in_order(text: str):
    for task in [asyncio.create_task(send(client, text)) for client in clients]:
        await task


async def stop():
    pumps = [asyncio.create_task(pump(client, asyncio.Queue(8))) for client in clients]
    for one in pumps:
        one.cancel()
    for one in pumps:
        await one


@app.websocket("/ws")
async def endpoint(client: WebSocket):
    await client.accept()
    clients.add(client)
    try:
        async for text in client.iter_text():
            await in_order(text)
            await stop()
    finally:
        clients.discard(client)
