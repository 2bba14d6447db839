"""Apps to be served by these tests: plain FastAPI, and one with Holdfast."""

import asyncio
from typing import Any

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

from holdfast import Closed, Connection, Deadlines, Holdfast

QUICK = Deadlines(send_timeout=0.5, close_timeout=0.5, grace=0.3, cleanup_timeout=0.3)


class Plain:
    """An app as people write it, which notes how each of its handlers ended."""

    def __init__(self) -> None:
        self.app = FastAPI()
        self.codes: list[int] = []
        self.app.add_api_websocket_route("/echo", self.echo)
        self.app.add_api_websocket_route("/flood", self.flood)

    async def echo(self, socket: WebSocket) -> None:
        await socket.accept(subprotocol=next(iter(socket.scope["subprotocols"]), None))
        try:
            while True:
                message = await socket.receive()
                if message["type"] == "websocket.disconnect":
                    raise WebSocketDisconnect(message["code"])
                if message.get("text") == "headers":
                    await socket.send_json(dict(socket.headers))
                elif message.get("text") is not None:
                    await socket.send_text(message["text"])
                else:
                    await socket.send_bytes(message["bytes"])
        except WebSocketDisconnect as gone:
            self.codes.append(gone.code)

    async def flood(self, socket: WebSocket) -> None:
        await socket.accept()
        try:
            for number in range(int(socket.query_params["count"])):
                await socket.send_text(f"{number:08}".ljust(4096, "."))
            await socket.close(4000, "that is all")
        except WebSocketDisconnect as gone:
            self.codes.append(gone.code)


class WithHoldfast:
    """The same with Holdfast, whose deadlines are short."""

    def __init__(self) -> None:
        self.app = FastAPI()
        self.hf = Holdfast(self.app, deadlines=QUICK)
        self.codes: list[int] = []
        self.hf.websocket("/ws/{channel}")(self.listen)
        self.hf.websocket("/sends")(self.sends)

    async def listen(self, conn: Connection[str], channel: str) -> None:
        conn.on_disconnect(self.note)
        await conn.join(channel)
        async for text in conn:
            if text.startswith("join "):
                await conn.join(text.removeprefix("join "))
            else:
                await self.hf.publish(channel, text)

    async def sends(self, conn: Connection[str]) -> None:
        conn.on_disconnect(self.note)
        while True:
            await conn.send("x" * 30_000)
            await asyncio.sleep(0)

    def note(self, conn: Any, closed: Closed) -> None:
        self.codes.append(closed.code)
