from starlette.applications import Starlette
from starlette.endpoints import WebSocketEndpoint
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket

waiting: list[WebSocket] = []


class Lobby(WebSocketEndpoint):
    encoding = "text"

    async def on_connect(self, websocket: WebSocket) -> None:
        await websocket.accept()
        waiting.append(websocket)

    async def on_disconnect(self, websocket: WebSocket, close_code: int) -> None:
        await websocket.close(code=1000)  # here
        waiting.remove(websocket)


app = Starlette(routes=[WebSocketRoute("/lobby", Lobby)])
