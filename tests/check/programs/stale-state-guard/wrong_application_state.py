import asyncio

from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketState


async def beat(socket: WebSocket) -> None:
    await socket.accept()
    while (
        socket.application_state == WebSocketState.CONNECTED  # here
        and socket.client_state == WebSocketState.CONNECTED
    ):
        await socket.send_text("beat")
        await asyncio.sleep(1)


app = Starlette(routes=[WebSocketRoute("/beat", beat)])
