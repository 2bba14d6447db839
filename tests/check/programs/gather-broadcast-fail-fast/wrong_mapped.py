"""The sends are made by `map`."""

import asyncio
from functools import partial

from fastapi import FastAPI, WebSocket

app = FastAPI()
lamps: set[WebSocket] = set()


async def switch(state: bool, lamp: WebSocket) -> None:
    await asyncio.wait_for(lamp.send_json({"on": state}), 2)


async def blink(lamp: WebSocket) -> None:
    await asyncio.wait_for(lamp.send_text("blink"), 2)


@app.post("/lamps")
async def all_lamps(on: bool):
    await asyncio.gather(*map(partial(switch, on), lamps))  # here
    await asyncio.gather(*map(blink, lamps))  # here


@app.websocket("/lamp")
async def lamp_socket(lamp: WebSocket):
    await lamp.accept()
    lamps.add(lamp)
    try:
        async for _ in lamp.iter_text():
            pass
    finally:
        lamps.discard(lamp)
