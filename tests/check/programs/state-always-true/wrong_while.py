import asyncio

from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket


async def ticker(ws: WebSocket) -> None:
    await ws.accept()
    number = 0
    while ws.client_state.CONNECTED:  # here
        number += 1
        await ws.send_json({"number": number})
        await asyncio.sleep(0.02)


app = Starlette(routes=[WebSocketRoute("/ws", ticker)])
