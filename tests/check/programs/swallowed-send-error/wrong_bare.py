import asyncio

from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket


async def frames(websocket: WebSocket) -> None:
    await websocket.accept()
    while True:
        try:
            await websocket.send_bytes(b"frame")
            await asyncio.sleep(0.01)
        except asyncio.CancelledError:
            raise
        except:  # here
            await asyncio.sleep(0.01)


app = Starlette(routes=[WebSocketRoute("/frames", frames)])
