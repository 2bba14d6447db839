from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import WebSocketRoute


class SessionMiddleware:
    """Stands for Starlette's, which needs itsdangerous."""

    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        scope["session"] = {"user": "ada"} if b"session" in str(scope).encode() else {}
        await self.app(scope, receive, send)


async def account(websocket):
    user = websocket.session.get("user")  # here
    if not user:
        await websocket.close()
        return
    await websocket.accept()
    async for text in websocket.iter_text():
        await websocket.send_text(f"{user}: {text}")


app = Starlette(routes=[WebSocketRoute("/ws", account)], middleware=[Middleware(SessionMiddleware)])
