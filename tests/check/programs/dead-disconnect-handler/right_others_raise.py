"""What raises is a task that ends before, or a method that a derived class has."""

import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


async def tick(websocket: WebSocket) -> None:
    while True:
        await websocket.send_text("tick")
        await asyncio.sleep(1)


@app.websocket("/ticks")
async def ticks(websocket: WebSocket) -> None:
    await websocket.accept()
    sender = asyncio.create_task(tick(websocket))
    try:
        async for text in websocket.iter_text():
            print(text)
        await sender
    except WebSocketDisconnect:
        print("the sender has noticed first")
    finally:
        sender.cancel()


class Handler:
    async def on_text(self, text: str) -> None:
        raise NotImplementedError

    async def on_line(self, line: str) -> None:
        print(line)

    async def run(self, websocket: WebSocket) -> None:
        try:
            async for text in websocket.iter_text():
                await self.on_text(text)
        except WebSocketDisconnect:
            print("left within a text")
        try:
            async for line in websocket.iter_text():
                await self.on_line(line)
        except WebSocketDisconnect:
            print("left within a line")


class Echo(Handler):
    def __init__(self, websocket: WebSocket) -> None:
        self.websocket = websocket

    async def on_text(self, text: str) -> None:
        await self.websocket.send_text(text)

    async def on_line(self, line: str) -> None:
        await self.websocket.send_text(line)


@app.websocket("/echo")
async def echo(websocket: WebSocket) -> None:
    await websocket.accept()
    await Echo(websocket).run(websocket)
