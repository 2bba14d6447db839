"""The sends are beside the loop, or in a task of their own."""

import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/sum")
async def total(ws: WebSocket):
    await ws.accept()
    result = 0
    for number in range(100_000):
        result += number
    await ws.send_json(result)
    await ws.close()


@app.websocket("/thread")
async def from_a_thread(ws: WebSocket):
    await ws.accept()
    for number in range(2_000):
        value = await asyncio.to_thread(lambda number=number: number * 2)
        await ws.send_json(value)
    await ws.close()


@app.websocket("/frames")
async def frames(websocket: WebSocket):
    await websocket.accept()
    left = b""
    while True:
        left += await app.state.source.read(4096)
        while True:
            end = left.find(b"\n")
            if end < 0:
                break
            await websocket.send_bytes(left[:end])
            left = left[end + 1 :]


@app.websocket("/waiting")
async def waiting(websocket: WebSocket):
    await websocket.accept()
    while await websocket.receive_text() == "more":
        while True:
            try:
                word = app.state.words.get_nowait()
            except asyncio.QueueEmpty:
                break
            await websocket.send_text(word)
