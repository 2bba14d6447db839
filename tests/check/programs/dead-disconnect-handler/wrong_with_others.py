"""The handler is for the errors of a store as well, but the client's end never comes to it."""

import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect


class Store:
    def __init__(self) -> None:
        self.rows: list[str] = []
        self.is_full = False

    async def add(self, row: str) -> None:
        await asyncio.to_thread(self.rows.append, row)

    def seal(self) -> None:
        self.is_full = True


app = FastAPI()
store = Store()


@app.websocket("/rows")
async def rows(sock: WebSocket):
    await sock.accept()
    try:
        async for row in sock.iter_text():
            await store.add(row)
    except (WebSocketDisconnect, ConnectionResetError):  # here
        store.seal()
