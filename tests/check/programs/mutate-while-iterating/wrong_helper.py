"""A method of the manager removes what the loop stands on."""

from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect


class Hub:
    def __init__(self) -> None:
        self.sockets: list[WebSocket] = []

    async def connect(self, ws: WebSocket) -> None:
        await ws.accept()
        self.sockets.append(ws)

    def disconnect(self, ws: WebSocket) -> None:
        if ws in self.sockets:
            self.sockets.remove(ws)

    async def broadcast(self, text: str) -> None:
        for ws in self.sockets:
            try:
                await ws.send_text(text)
            except (WebSocketDisconnect, RuntimeError):
                self.disconnect(ws)  # here

    async def kick_all(self) -> None:
        for ws in self.sockets:
            await ws.close(1001)
            self.disconnect(ws)  # here


hub = Hub()


async def socket_endpoint(ws: WebSocket) -> None:
    await hub.connect(ws)
    try:
        while True:
            text = await ws.receive_text()
            if text == "kick":
                await hub.kick_all()
            await hub.broadcast(text)
    except WebSocketDisconnect:
        hub.disconnect(ws)


app = Starlette(routes=[WebSocketRoute("/ws", socket_endpoint)])
