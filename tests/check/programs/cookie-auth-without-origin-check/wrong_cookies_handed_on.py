"""A signed session in a helper, alias of the cookies mapping."""

import hashlib
import hmac
from starlette.applications import Starlette
from starlette.endpoints import WebSocketEndpoint
from starlette.routing import WebSocketRoute

SECRET = b"s"


def signed_user(cookies) -> str | None:
    raw = cookies.get("session", "")  # here
    name, _, mark = raw.partition(".")
    good = hmac.new(SECRET, name.encode(), hashlib.sha256).hexdigest()
    return name if hmac.compare_digest(good, mark) else None


class Bank(WebSocketEndpoint):
    encoding = "text"

    async def on_connect(self, websocket):
        user = signed_user(websocket.cookies)
        if user is None:
            await websocket.close()
            return
        websocket.state.user = user
        await websocket.accept()

    async def on_receive(self, websocket, data):
        await websocket.send_text(f"{websocket.state.user} paid {data}")


app = Starlette(routes=[WebSocketRoute("/bank", Bank)])
