import json

from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect


async def calls(socket: WebSocket) -> None:
    await socket.accept()
    try:
        while True:
            message = json.loads(await socket.receive_text())
            if message.get("type") == "bye":
                return  # here
            await socket.send_json({"type": "answer", "to": message})
    except WebSocketDisconnect:
        return


app = Starlette(routes=[WebSocketRoute("/ws", calls)])
