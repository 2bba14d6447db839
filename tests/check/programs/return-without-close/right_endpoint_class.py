from starlette.applications import Starlette
from starlette.endpoints import WebSocketEndpoint
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket


class Chat(WebSocketEndpoint):
    encoding = "text"

    async def on_connect(self, websocket: WebSocket) -> None:
        await websocket.accept()
        await websocket.send_text("welcome")

    async def on_receive(self, websocket: WebSocket, data: str) -> None:
        if data == "nothing":
            return
        await websocket.send_text(data)

    async def on_disconnect(self, websocket: WebSocket, close_code: int) -> None:
        print("gone", close_code)


async def welcome(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.send_text("welcome")


async def echo(websocket: WebSocket) -> None:
    await welcome(websocket)
    async for text in websocket.iter_text():
        await websocket.send_text(text)


app = Starlette(routes=[WebSocketRoute("/ws", Chat), WebSocketRoute("/echo", echo)])
