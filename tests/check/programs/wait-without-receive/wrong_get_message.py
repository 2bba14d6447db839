from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket


async def follow(ws: WebSocket) -> None:
    await ws.accept()
    pubsub = ws.app.state.redis.pubsub()
    await pubsub.subscribe("news")
    while True:
        message = await pubsub.get_message(ignore_subscribe_messages=True, timeout=None)  # here
        if message:
            await ws.send_text(message["data"])


app = Starlette(routes=[WebSocketRoute("/follow", follow)])
