from starlette.applications import Starlette
from starlette.endpoints import WebSocketEndpoint
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket

doors: dict[str, WebSocket] = {}


class Door(WebSocketEndpoint):
    encoding = "text"

    async def on_connect(self, websocket: WebSocket) -> None:
        await websocket.accept()
        self.door = websocket.path_params["door"]
        doors[self.door] = websocket

    async def on_receive(self, websocket: WebSocket, data: str) -> None:
        await websocket.send_text(f"{self.door} is {data}")

    async def on_disconnect(self, websocket: WebSocket, close_code: int) -> None:
        lost = doors.pop(self.door, None)  # here
        if lost is not None:
            print("lost", self.door)


app = Starlette(routes=[WebSocketRoute("/doors/{door}", Door)])
