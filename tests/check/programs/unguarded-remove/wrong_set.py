from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket


class Peers:
    def __init__(self) -> None:
        self._peers: set[WebSocket] = set()

    def add(self, peer: WebSocket) -> None:
        self._peers.add(peer)

    def drop(self, peer: WebSocket) -> None:
        self._peers.remove(peer)  # here

    async def send(self, text: str) -> None:
        for peer in tuple(self._peers):
            try:
                await peer.send_text(text)
            except Exception:
                self.drop(peer)


peers = Peers()


async def endpoint(websocket: WebSocket) -> None:
    await websocket.accept()
    peers.add(websocket)
    try:
        async for text in websocket.iter_text():
            await peers.send(text)
    finally:
        peers.drop(websocket)


app = Starlette(routes=[WebSocketRoute("/", endpoint)])
