from starlette.applications import Starlette
from starlette.endpoints import WebSocketEndpoint
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket

subscribers: set[WebSocket] = set()


async def publish(text):
    for ws in set(subscribers):
        await ws.send_text(text)


async def leave(ws):
    subscribers.discard(ws)


class Room(WebSocketEndpoint):
    encoding = "text"

    async def on_connect(self, websocket):
        await websocket.accept()
        subscribers.add(websocket)
        self.announce("somebody came")  # here

    async def on_receive(self, websocket, data):
        publish(data)  # here

    async def on_disconnect(self, websocket, close_code):
        leave(websocket)  # here

    async def announce(self, text):
        await publish(f"* {text}")


async def sweep(gone):
    [leave(ws) for ws in gone]  # here
    gone and publish("some have left")  # here


app = Starlette(routes=[WebSocketRoute("/room", Room)])
