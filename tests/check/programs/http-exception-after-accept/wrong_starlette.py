from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket


async def feed(socket: WebSocket) -> None:
    await socket.accept()
    token = await socket.receive_text()
    if token != "s3cret":
        raise HTTPException(401)  # here
    await socket.send_text("welcome")
    await socket.close()


app = Starlette(routes=[WebSocketRoute("/ws", feed)])
