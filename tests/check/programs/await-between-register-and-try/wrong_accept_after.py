from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

open_sockets: list[WebSocket] = []


async def endpoint(socket: WebSocket) -> None:
    open_sockets.append(socket)
    await socket.accept()  # here
    try:
        while True:
            await socket.send_text(await socket.receive_text())
    except WebSocketDisconnect:
        print("gone")
    finally:
        open_sockets.remove(socket)


app = Starlette(routes=[WebSocketRoute("/", endpoint)])
