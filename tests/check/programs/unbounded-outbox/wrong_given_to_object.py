import asyncio
from dataclasses import dataclass

from fastapi import FastAPI, WebSocket

app = FastAPI()


@dataclass(eq=False)
class Member:
    websocket: WebSocket
    outbox: asyncio.Queue

    def offer(self, text: str) -> None:
        self.outbox.put_nowait(text)

    async def pump(self) -> None:
        while True:
            await self.websocket.send_text(await self.outbox.get())


class Viewer:
    def __init__(self, websocket: WebSocket, outbox: asyncio.Queue) -> None:
        self.websocket = websocket
        self.outbox = outbox

    async def pump(self) -> None:
        while True:
            await self.websocket.send_text(await self.outbox.get())


members: set[Member] = set()
viewers: set[Viewer] = set()


def publish(text: str) -> None:
    for member in members:
        member.offer(text)
    for viewer in viewers:
        viewer.outbox.put_nowait(text)


@app.websocket("/chat")
async def chat(ws: WebSocket) -> None:
    await ws.accept()
    member = Member(ws, asyncio.Queue())  # here
    members.add(member)
    task = asyncio.create_task(member.pump())
    try:
        async for text in ws.iter_text():
            publish(text)
    finally:
        members.discard(member)
        task.cancel()


@app.websocket("/view")
async def view(ws: WebSocket) -> None:
    await ws.accept()
    outbox = asyncio.Queue()  # here
    viewer = Viewer(ws, outbox=outbox)
    viewers.add(viewer)
    task = asyncio.create_task(viewer.pump())
    try:
        async for text in ws.iter_text():
            publish(text)
    finally:
        viewers.discard(viewer)
        task.cancel()
