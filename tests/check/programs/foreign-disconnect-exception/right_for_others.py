"""These errors are those of a disk, a model and another server, and the client is told of them."""

import asyncio
from pathlib import Path

from fastapi import FastAPI, WebSocket
from websockets import connect
from websockets.exceptions import ConnectionClosedError

app = FastAPI()


class Model:
    def __init__(self) -> None:
        self.is_loaded = False

    async def answer(self, text: str) -> str:
        if not self.is_loaded:
            raise RuntimeError("not loaded")
        return text.upper()


class Exchange:
    async def trades(self, symbol: str):
        async with connect("ws://localhost:9200") as connection:
            await connection.send(symbol)
            async for trade in connection:
                yield trade

    async def forward(self, symbol: str, ws: WebSocket) -> None:
        try:
            async for trade in self.trades(symbol):
                await ws.send_text(str(trade))
        except ConnectionClosedError:
            await ws.send_text("the exchange has closed")


model, exchange = Model(), Exchange()


@app.websocket("/files")
async def files(ws: WebSocket):
    await ws.accept()
    async for name in ws.iter_text():
        try:
            await ws.send_bytes(await asyncio.to_thread(Path(name).read_bytes))
        except OSError as error:
            await ws.send_text(f"cannot read: {error}")


@app.websocket("/answers")
async def answers(ws: WebSocket):
    await ws.accept()
    async for text in ws.iter_text():
        try:
            await ws.send_text(await model.answer(text))
        except RuntimeError:
            print("no model")


@app.websocket("/lines")
async def lines(ws: WebSocket):
    await ws.accept()
    reader, writer = await asyncio.open_connection("localhost", 7000)
    try:
        while line := await reader.readline():
            await ws.send_text(line.decode())
    except ConnectionResetError:
        print("reset by the machine")
    finally:
        writer.close()


@app.websocket("/trades")
async def trades(ws: WebSocket):
    await ws.accept()
    async for symbol in ws.iter_text():
        await exchange.forward(symbol, ws)
