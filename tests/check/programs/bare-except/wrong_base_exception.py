import asyncio

from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket


async def ticker(ws: WebSocket) -> None:
    await ws.accept()
    number = 0
    try:
        while True:
            number += 1
            await ws.send_text(str(number))
            await asyncio.sleep(0.02)
    except BaseException as error:  # here
        print("ends", repr(error))


app = Starlette(routes=[WebSocketRoute("/ws", ticker)])
