"""What a `try` of its own does not deal with goes no further than to it."""

import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
guests: dict[str, WebSocket] = {}


@app.websocket("/guests/{name}")
async def guest(client: WebSocket, name: str):
    await client.accept()
    guests[name] = client
    try:
        hello = await asyncio.wait_for(client.receive_json(), 5)
    except asyncio.TimeoutError:
        hello = {}
    except (WebSocketDisconnect, RuntimeError, ValueError):
        del guests[name]
        return
    try:
        async for text in client.iter_text():
            await client.send_json({"hello": hello, "text": text})
    finally:
        guests.pop(name, None)
