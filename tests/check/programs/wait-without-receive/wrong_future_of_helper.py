"""A helper makes a future for each who waits, and another one a condition with a predicate."""

import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect


class Doorbell:
    def __init__(self) -> None:
        self._listening: list[asyncio.Future[str]] = []

    def next_ring(self) -> "asyncio.Future[str]":
        ring = asyncio.get_running_loop().create_future()
        self._listening.append(ring)
        return ring

    def ring(self, door: str) -> None:
        for one in self._listening:
            one.set_result(door)
        self._listening.clear()


app = FastAPI()
bell = Doorbell()
turned = asyncio.Condition()
page = 0


@app.websocket("/door")
async def watch_door(ws: WebSocket):
    await ws.accept()
    try:
        while True:
            door = await bell.next_ring()  # here
            await ws.send_json({"door": door})
    except WebSocketDisconnect:
        pass


@app.websocket("/page")
async def watch_page(ws: WebSocket):
    await ws.accept()
    seen = page
    while True:
        async with turned:
            await turned.wait_for(lambda: page > seen)  # here
            seen = page
        await ws.send_json({"page": seen})


async def next_letter() -> str:
    letter: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    letters.append(letter)
    return await letter


letters: list[asyncio.Future[str]] = []


@app.websocket("/letters")
async def watch_letters(ws: WebSocket):
    await ws.accept()
    while True:
        await ws.send_text(await next_letter())  # here
