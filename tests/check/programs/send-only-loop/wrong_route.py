import asyncio

from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketState


async def beat(websocket):
    await websocket.accept()
    while websocket.application_state == WebSocketState.CONNECTED:  # here
        await websocket.send_text("beat")
        await asyncio.sleep(0.05)


async def typed(websocket: WebSocket):
    await websocket.accept()
    while True:  # here
        if websocket.client_state != WebSocketState.CONNECTED:
            break
        await websocket.send_text("beat")
        await asyncio.sleep(0.05)


app = Starlette(routes=[WebSocketRoute("/beat", beat), WebSocketRoute("/typed", endpoint=typed)])
