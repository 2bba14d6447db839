from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket


async def feed(ws: WebSocket) -> None:
    user = ws.query_params.get("user")
    if user is None:
        return await ws.close(4401, "who are you?")  # here
    if user == "mallory":
        await ws.close(reason="not you")  # here
    else:
        await ws.accept()
        await ws.send_json({"user": user})
        await ws.close(4000, "that was all")


app = Starlette(routes=[WebSocketRoute("/ws", feed)])
