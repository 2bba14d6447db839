"""The loop counts, and takes the connections by their place."""

import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()
clients: list[WebSocket] = []


async def tick():
    place = 0
    while place < len(clients):
        await asyncio.wait_for(clients[place].send_json({"place": place}), 2)  # here
        place += 1


@app.websocket("/ws")
async def endpoint(client: WebSocket):
    await client.accept()
    clients.append(client)
    try:
        async for _ in client.iter_text():
            await tick()
    finally:
        clients.remove(client)
