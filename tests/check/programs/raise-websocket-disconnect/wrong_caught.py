from starlette.applications import Starlette
from starlette.endpoints import WebSocketEndpoint
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocketDisconnect as Disconnect

members = set()


async def chat(websocket):
    await websocket.accept()
    members.add(websocket)
    try:
        while True:
            text = await websocket.receive_text()
            if text == "quit":
                raise Disconnect(4000)  # here
            for member in list(members):
                await member.send_text(text)
    except Disconnect:
        members.discard(websocket)


class Numbers(WebSocketEndpoint):
    encoding = "json"

    async def on_receive(self, websocket, data):
        if not isinstance(data, int):
            raise Disconnect(1003, "numbers only")  # here
        await websocket.send_json(data + 1)


app = Starlette(routes=[WebSocketRoute("/chat", chat), WebSocketRoute("/numbers", Numbers)])
