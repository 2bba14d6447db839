from starlette.applications import Starlette
from starlette.routing import WebSocketRoute


async def endpoint(websocket):
    await websocket.accept()
    async for message in websocket.iter_json():  # here
        await websocket.send_json({"echo": message})


app = Starlette(routes=[WebSocketRoute("/ws", endpoint)])
