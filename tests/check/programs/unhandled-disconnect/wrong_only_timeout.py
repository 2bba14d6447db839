import asyncio

from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket


async def poll(socket: WebSocket) -> None:
    await socket.accept()
    while True:
        try:
            command = await asyncio.wait_for(socket.receive_text(), timeout=20)  # here
        except asyncio.TimeoutError:
            await socket.send_text("still there?")
        else:
            await socket.send_text(command.upper())


app = Starlette(routes=[WebSocketRoute("/poll", poll)])
