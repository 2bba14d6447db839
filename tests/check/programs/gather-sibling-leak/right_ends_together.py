"""The reader tells the other one to end; or the other ends by itself."""

import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from starlette.websockets import WebSocketState

app = FastAPI()


@app.websocket("/sentinel")
async def sentinel(ws: WebSocket):
    await ws.accept()
    queue: asyncio.Queue = asyncio.Queue(10)

    async def reader():
        try:
            while True:
                await queue.put(await ws.receive_text())
        except WebSocketDisconnect:
            pass
        finally:
            await queue.put(None)

    async def worker():
        while (text := await queue.get()) is not None:
            print(text)

    await asyncio.gather(reader(), worker())


@app.websocket("/event")
async def event(ws: WebSocket):
    await ws.accept()
    stop = asyncio.Event()

    async def reader():
        async for text in ws.iter_text():
            print(text)
        stop.set()

    async def ticker():
        while not stop.is_set():
            await ws.send_text("tick")
            await asyncio.sleep(0.05)

    await asyncio.gather(reader(), ticker())


@app.websocket("/state")
async def state(ws: WebSocket):
    await ws.accept()

    async def reader():
        async for text in ws.iter_text():
            print(text)

    async def ticker():
        while True:
            if ws.client_state != WebSocketState.CONNECTED:
                return
            await asyncio.sleep(0.05)

    await asyncio.gather(reader(), ticker())


@app.websocket("/first-words")
async def first_words(ws: WebSocket):
    await ws.accept()

    async def greet():
        await ws.send_text("hello")
        await ws.send_text("what is your name?")

    _, name = await asyncio.gather(greet(), ws.receive_text())
    await ws.send_text(f"welcome, {name}")
    await ws.close()


@app.websocket("/cancels")
async def cancels(ws: WebSocket):
    await ws.accept()

    async def ticker():
        while True:
            await ws.send_text("tick")
            await asyncio.sleep(0.05)

    ticking = asyncio.create_task(ticker())

    async def reader():
        try:
            while True:
                await ws.receive_text()
        except WebSocketDisconnect:
            pass
        finally:
            ticking.cancel()

    await asyncio.gather(reader(), ticking, return_exceptions=True)
