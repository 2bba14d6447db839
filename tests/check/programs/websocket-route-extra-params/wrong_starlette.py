from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket


async def room(websocket: WebSocket, room_id: str):  # here
    await websocket.accept()
    await websocket.send_text(room_id)
    await websocket.close()


async def member(socket, room, name):  # here
    await socket.accept()
    await socket.send_json([room, name])
    await socket.close()


app = Starlette(
    routes=[
        WebSocketRoute("/rooms/{room_id}", room),
        WebSocketRoute("/rooms/{room}/{name}", endpoint=member),
    ]
)
