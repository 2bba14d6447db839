from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket

by_address = {}


async def endpoint(ws: WebSocket) -> None:
    await ws.accept()
    address = ws.client.host
    by_address[address] = ws
    try:
        async for text in ws.iter_text():
            await ws.send_text(text)
    finally:
        del by_address[address]  # here


app = Starlette(routes=[WebSocketRoute("/", endpoint)])
