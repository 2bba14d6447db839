from functools import lru_cache
from typing import Annotated

from fastapi import Depends, FastAPI, WebSocket


class Speaker:
    def __init__(self) -> None:
        self.line: WebSocket | None = None

    def plug(self, line: WebSocket) -> None:
        self.line = line  # here

    async def say(self, text: str) -> None:
        if self.line is not None:
            await self.line.send_text(text)


@lru_cache
def speaker() -> Speaker:
    return Speaker()


TheSpeaker = Annotated[Speaker, Depends(speaker)]
app = FastAPI()


@app.websocket("/speaker")
async def listen(line: WebSocket, speaks: TheSpeaker) -> None:
    await line.accept()
    speaks.plug(line)
    async for _ in line.iter_text():
        pass


@app.post("/say")
async def say(text: str, speaks: TheSpeaker) -> None:
    await speaks.say(text)
