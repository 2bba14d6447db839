"""Who cannot be served is told so, and taken out at once; who can is taken out in the `finally`."""

import asyncio
import logging

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
logger = logging.getLogger(__name__)


class Engines:
    def start(self, name: str) -> asyncio.Queue[str]:
        if not name.isalnum():
            raise ValueError(name)
        return asyncio.Queue(maxsize=10)


class Listeners:
    def __init__(self) -> None:
        self.of: dict[str, set[WebSocket]] = {}

    async def connect(self, name: str, websocket: WebSocket) -> None:
        await websocket.accept()
        self.of.setdefault(name, set()).add(websocket)

    def disconnect(self, name: str, websocket: WebSocket) -> None:
        self.of.get(name, set()).discard(websocket)


engines = Engines()
listeners = Listeners()


@app.websocket("/engines/{name}")
async def listen(websocket: WebSocket, name: str) -> None:
    await listeners.connect(name, websocket)
    try:
        commands = engines.start(name)
    except ValueError as error:
        await websocket.send_json({"error": repr(error)[:80]})
        listeners.disconnect(name, websocket)
        await websocket.close(code=4500)
        return

    try:
        while True:
            await commands.put(await websocket.receive_text())
    except WebSocketDisconnect:
        logger.info("%s has one listener less", name)
    finally:
        listeners.disconnect(name, websocket)
