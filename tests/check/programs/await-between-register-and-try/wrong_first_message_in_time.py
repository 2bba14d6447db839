"""A `try` of its own stands around what is awaited first, for a client that is slow alone."""

import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()
guests: dict[str, WebSocket] = {}


@app.websocket("/guests/{name}")
async def guest(client: WebSocket, name: str):
    await client.accept()
    guests[name] = client
    try:
        hello = await asyncio.wait_for(client.receive_json(), 5)  # here
    except asyncio.TimeoutError:
        hello = {}
    try:
        async for text in client.iter_text():
            await client.send_json({"hello": hello, "text": text})
    finally:
        guests.pop(name, None)
