"""Each connection fills the queues of all, in the same function that makes its own."""

import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()
inboxes: dict[str, asyncio.Queue] = {}
listeners = set()


@app.websocket("/chat/{name}")
async def chat(websocket: WebSocket, name: str):
    await websocket.accept()
    inbox = asyncio.Queue()  # here
    inboxes[name] = inbox

    async def deliver():
        while True:
            await websocket.send_json(await inbox.get())

    task = asyncio.create_task(deliver())
    try:
        async for text in websocket.iter_text():
            for box in list(inboxes.values()):
                box.put_nowait({"from": name, "text": text})
    finally:
        task.cancel()
        del inboxes[name]


@app.websocket("/echo")
async def echo(ws: WebSocket):
    await ws.accept()
    heard = asyncio.Queue()  # here
    listeners.add(heard)
    sender = asyncio.create_task(pump(ws, heard))
    try:
        while True:
            text = await ws.receive_text()
            for listener in listeners:
                if listener is not heard:
                    await listener.put(text)
    finally:
        sender.cancel()
        listeners.discard(heard)


async def pump(ws: WebSocket, queue: asyncio.Queue):
    while True:
        await ws.send_text(await queue.get())
