"""What `map` makes catches what a send raises."""

import asyncio
from functools import partial

from fastapi import FastAPI, WebSocket

app = FastAPI()
lamps: dict[int, WebSocket] = {}


async def switch(state: bool, lamp: WebSocket) -> None:
    try:
        await asyncio.wait_for(lamp.send_json({"on": state}), 2)
    except asyncio.CancelledError:
        raise
    except Exception:
        lamps.pop(id(lamp), None)


@app.post("/lamps")
async def all_lamps(on: bool):
    await asyncio.gather(*map(partial(switch, on), list(lamps.values())))


@app.websocket("/lamp")
async def lamp_socket(lamp: WebSocket):
    await lamp.accept()
    lamps[id(lamp)] = lamp
    try:
        async for _ in lamp.iter_text():
            pass
    finally:
        lamps.pop(id(lamp), None)
