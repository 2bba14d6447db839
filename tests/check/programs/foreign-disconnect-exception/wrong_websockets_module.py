import asyncio

import websockets
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket


async def ticker(ws: WebSocket) -> None:
    await ws.accept()
    number = 0
    while True:
        try:
            await ws.send_json({"number": number})
        except (websockets.ConnectionClosedOK, websockets.exceptions.ConnectionClosedError):  # here
            break
        number += 1
        await asyncio.sleep(0.02)


app = Starlette(routes=[WebSocketRoute("/ws", ticker)])
