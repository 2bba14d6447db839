"""Collections that no other function changes, or that only this call knows."""

import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
GREETINGS = ["hello", "welcome"]


class Steps:
    def __init__(self, ws: WebSocket):
        self.ws = ws
        self.names = ["load", "train", "save"]

    async def run(self):
        for name in self.names:
            await self.ws.send_text(name)


async def send_parts(ws: WebSocket, text: str):
    parts = []
    for word in text.split():
        parts.append(word)
    for part in parts:
        await ws.send_text(part)


async def send_in_order(ws: WebSocket, names: list[str]):
    queues: list[tuple[str, asyncio.Queue]] = []
    for name in names:
        queues.append((name, asyncio.Queue(10)))

    async def drain():
        for name, queue in queues:
            await ws.send_json({"name": name, "size": queue.qsize()})

    await drain()


@app.websocket("/ws")
async def endpoint(ws: WebSocket):
    await ws.accept()
    try:
        for line in GREETINGS:
            await ws.send_text(line)
        await Steps(ws).run()
        while True:
            await send_parts(ws, await ws.receive_text())
            await send_in_order(ws, ["one", "two"])
    except WebSocketDisconnect:
        pass
