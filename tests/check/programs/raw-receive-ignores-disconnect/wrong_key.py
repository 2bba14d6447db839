"""The end has no text: KeyError."""

from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect


async def echo(socket: WebSocket) -> None:
    await socket.accept()
    try:
        while True:
            message = await socket.receive()  # here
            await socket.send_text(message["text"])
    except WebSocketDisconnect:
        print("left")


app = Starlette(routes=[WebSocketRoute("/", echo)])
