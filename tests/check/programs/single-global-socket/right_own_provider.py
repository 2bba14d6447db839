"""Each connection is given an object of its own; of the shared one, a lock lets one in at a time."""

import asyncio
from typing import Annotated

from fastapi import Depends, FastAPI, WebSocket


class Speaker:
    def __init__(self) -> None:
        self.line: WebSocket | None = None

    def plug(self, line: WebSocket) -> None:
        self.line = line


def speaker() -> Speaker:
    return Speaker()


class Stage:
    def __init__(self) -> None:
        self.singer: WebSocket | None = None
        self.taken = asyncio.Lock()


stage = Stage()
app = FastAPI()


@app.websocket("/speaker")
async def listen(line: WebSocket, speaks: Annotated[Speaker, Depends(speaker)]) -> None:
    await line.accept()
    speaks.plug(line)
    async for _ in line.iter_text():
        pass


@app.websocket("/stage")
async def sing(singer: WebSocket) -> None:
    await singer.accept()
    async with stage.taken:
        stage.singer = singer
        try:
            async for _ in singer.iter_text():
                pass
        finally:
            stage.singer = None
