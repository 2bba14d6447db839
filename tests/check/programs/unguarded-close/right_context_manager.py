import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


@asynccontextmanager
async def conversation(websocket: WebSocket) -> AsyncIterator[None]:
    await websocket.accept()
    try:
        yield
    finally:
        with suppress(RuntimeError, WebSocketDisconnect):
            await websocket.close()


@app.websocket("/countdown")
async def countdown(websocket: WebSocket, start: int = 3) -> None:
    async with conversation(websocket):
        for number in range(start, 0, -1):
            await websocket.send_text(str(number))


class Reader:
    """Tells of the client's leaving, and lets it through; what remains are bad messages."""

    def __init__(self, websocket: WebSocket) -> None:
        self.websocket = websocket

    async def line(self) -> str:
        try:
            return await self.websocket.receive_text()
        except WebSocketDisconnect:
            logging.info("left")
            raise
        except KeyError as error:
            raise ValueError("text only") from error


@app.websocket("/lines")
async def lines(websocket: WebSocket) -> None:
    await websocket.accept()
    reader = Reader(websocket)
    try:
        while True:
            await websocket.send_text(await reader.line())
    except WebSocketDisconnect as left:
        logging.info("left with %s", left.code)
    except ValueError:
        await websocket.close(1003)
