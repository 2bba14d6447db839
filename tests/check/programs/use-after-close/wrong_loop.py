from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect


async def echo(ws: WebSocket) -> None:
    await ws.accept()
    try:
        while True:
            text = await ws.receive_text()  # here
            if text == "bye":
                await ws.close(1000, "bye")
            else:
                await ws.send_text(text)
    except WebSocketDisconnect:
        print("gone")


app = Starlette(routes=[WebSocketRoute("/ws", echo)])
