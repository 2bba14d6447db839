from contextlib import suppress

from starlette.applications import Starlette
from starlette.endpoints import WebSocketEndpoint
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketState


class Quiet(WebSocketEndpoint):
    async def on_receive(self, websocket: WebSocket, data: bytes) -> None:
        if data == b"bye":
            await websocket.close()

    async def on_disconnect(self, websocket: WebSocket, close_code: int) -> None:
        with suppress(Exception):
            await websocket.close(code=1000)


class Careful(WebSocketEndpoint):
    async def on_disconnect(self, websocket: WebSocket, close_code: int) -> None:
        if websocket.client_state == WebSocketState.CONNECTED:
            await websocket.close(code=1011)


app = Starlette(routes=[WebSocketRoute("/quiet", Quiet), WebSocketRoute("/careful", Careful)])
