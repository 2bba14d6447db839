"""A generator that ends, and one that takes what the client says, are no clocks."""

import asyncio

from starlette.applications import Starlette
from starlette.endpoints import WebSocketEndpoint
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket

readers = set()


async def tell(text):
    for reader in list(readers):
        try:
            await asyncio.wait_for(reader.send_text(text), 1)
        except Exception:
            readers.discard(reader)


async def chapters():
    for page in range(3):
        await asyncio.sleep(0.1)
        yield f"page {page}"


async def remarks(websocket: WebSocket):
    while True:
        await asyncio.sleep(0.1)
        yield await websocket.receive_text()


class Reading(WebSocketEndpoint):
    encoding = "text"

    async def on_connect(self, websocket: WebSocket) -> None:
        await websocket.accept()
        readers.add(websocket)
        async for page in chapters():
            await tell(page)

    async def on_disconnect(self, websocket: WebSocket, close_code: int) -> None:
        readers.discard(websocket)


async def discuss(websocket: WebSocket) -> None:
    await websocket.accept()
    readers.add(websocket)
    try:
        async for remark in remarks(websocket):
            await tell(remark)
    finally:
        readers.discard(websocket)


app = Starlette(routes=[WebSocketRoute("/read", Reading), WebSocketRoute("/discuss", discuss)])
