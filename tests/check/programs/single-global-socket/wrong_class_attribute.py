from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket


class Bridge:
    conn = None


async def endpoint(conn: WebSocket) -> None:
    await conn.accept()
    Bridge.conn = conn  # here
    async for text in conn.iter_text():
        await conn.send_text(text)


app = Starlette(routes=[WebSocketRoute("/", endpoint)])
