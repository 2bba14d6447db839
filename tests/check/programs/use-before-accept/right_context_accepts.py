from contextlib import AsyncExitStack

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


class Seat:
    """Holds a place at the table for as long as its block lasts."""

    def __init__(self, socket: WebSocket):
        self.socket = socket

    async def __aenter__(self):
        await self.socket.accept()
        return self

    async def __aexit__(self, kind, error, trace):
        if kind is None:
            await self.socket.close()
        return kind is WebSocketDisconnect


class Wire:
    def __init__(self, socket: WebSocket):
        self.socket = socket

    async def open(self):
        await self.socket.accept()


class Phone:
    def __init__(self, socket: WebSocket):
        self.wire = Wire(socket)

    async def __aenter__(self):
        await self.wire.open()

    async def __aexit__(self, *error):
        return None

    def __await__(self):
        return self.wire.open().__await__()


@app.websocket("/seat")
async def seat(socket: WebSocket):
    async with Seat(socket):
        await socket.send_text("you are seated")
        async for text in socket.iter_text():
            await socket.send_text(text)


@app.websocket("/named")
async def named(socket: WebSocket):
    place = Seat(socket)
    async with place:
        await socket.send_text("you are seated")
        async for text in socket.iter_text():
            await socket.send_text(text)


@app.websocket("/phone")
async def phone(socket: WebSocket):
    async with Phone(socket):
        await socket.send_text("who is speaking?")
        async for text in socket.iter_text():
            await socket.send_text(text)


@app.websocket("/awaited")
async def awaited(socket: WebSocket):
    await Phone(socket)
    await socket.send_text("who is speaking?")
    async for text in socket.iter_text():
        await socket.send_text(text)


@app.websocket("/stack")
async def stacked(socket: WebSocket):
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(Seat(socket))
        await socket.send_text("you are seated")
        async for text in socket.iter_text():
            await socket.send_text(text)
