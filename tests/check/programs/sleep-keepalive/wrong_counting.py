import asyncio

from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket

seconds: dict[int, int] = {}


async def stay(websocket: WebSocket) -> None:
    await websocket.accept()
    seconds[id(websocket)] = 0
    while 1:
        seconds[id(websocket)] += 1
        print("still here")
        await asyncio.sleep(1)  # here


app = Starlette(routes=[WebSocketRoute("/stay", stay)])
