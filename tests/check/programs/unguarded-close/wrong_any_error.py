import json

from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket


async def calls(socket: WebSocket) -> None:
    await socket.accept()
    try:
        while True:
            message = json.loads(await socket.receive_text())
            await socket.send_json({"answer": message})
    except Exception as error:
        print(error)
        await socket.close(code=1011)  # here


app = Starlette(routes=[WebSocketRoute("/ws", calls)])
