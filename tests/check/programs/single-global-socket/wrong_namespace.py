"""A module-level namespace, set by a helper function."""

from types import SimpleNamespace
from starlette.applications import Starlette
from starlette.endpoints import WebSocketEndpoint
from starlette.routing import WebSocketRoute

shared = SimpleNamespace(browser=None)


class Browser(WebSocketEndpoint):
    encoding = "json"

    async def on_connect(self, websocket):
        await websocket.accept()
        shared.browser = websocket  # here

    async def on_receive(self, websocket, data):
        print(data)

    async def on_disconnect(self, websocket, close_code):
        shared.browser = None


async def reload():
    if shared.browser:
        await shared.browser.send_json({"reload": True})


app = Starlette(routes=[WebSocketRoute("/browser", Browser)])
