from contextlib import suppress

from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket


async def echo(websocket: WebSocket) -> None:
    await websocket.accept()
    while True:
        with suppress(Exception):  # here
            await websocket.send_text(await websocket.receive_text())


app = Starlette(routes=[WebSocketRoute("/", echo)])
