"""Starlette and an alias of the server."""

from uvicorn import run as serve
from starlette.applications import Starlette
from starlette.endpoints import WebSocketEndpoint
from starlette.routing import WebSocketRoute

PEERS: dict[int, object] = {}


class Shout(WebSocketEndpoint):
    encoding = "text"

    async def on_connect(self, websocket):
        await websocket.accept()
        PEERS[id(websocket)] = websocket

    async def on_receive(self, websocket, data):
        for peer in list(PEERS.values()):
            try:
                await peer.send_text(data)
            except Exception:
                PEERS.pop(id(peer), None)

    async def on_disconnect(self, websocket, close_code):
        PEERS.pop(id(websocket), None)


app = Starlette(routes=[WebSocketRoute("/shout", Shout)])

if __name__ == "__main__":
    serve("shout:app", port=8001, workers=8)  # here
