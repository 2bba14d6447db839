from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket


async def countdown(conn: WebSocket) -> None:
    await conn.accept()
    for number in range(3, 0, -1):
        await conn.send_json({"number": number})
    await conn.send_json({"number": "go"})  # here


app = Starlette(routes=[WebSocketRoute("/ws", countdown)])
