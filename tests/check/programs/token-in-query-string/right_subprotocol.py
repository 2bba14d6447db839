from starlette.applications import Starlette
from starlette.routing import WebSocketRoute


async def endpoint(ws):
    marker, token = ws.scope["subprotocols"]
    color = ws.query_params.get("color", "blue")
    await ws.accept(subprotocol=marker)
    await ws.send_text(f"{token[:2]} {color}")
    await ws.close()


app = Starlette(routes=[WebSocketRoute("/ws", endpoint)])
