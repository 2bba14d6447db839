"""What is awaited in between leaves no exception of a client's out."""

import asyncio
from contextlib import suppress

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
guests: set[WebSocket] = set()


async def tell(text: str, beside: WebSocket) -> None:
    for guest in list(guests):
        if guest is not beside:
            with suppress(Exception):
                await asyncio.wait_for(guest.send_text(text), 2)


async def greet(guest: WebSocket) -> None:
    try:
        await guest.send_text("hello")
    except (WebSocketDisconnect, RuntimeError):
        print("gone already")


@app.websocket("/ws")
async def endpoint(guest: WebSocket):
    await guest.accept()
    guests.add(guest)
    await greet(guest)
    await tell("somebody came", guest)
    try:
        async for text in guest.iter_text():
            await tell(text, guest)
    finally:
        guests.discard(guest)
