from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect


async def echo(ws: WebSocket) -> None:
    await ws.accept()
    while True:
        try:
            data = await ws.receive_json()
        except WebSocketDisconnect:
            break
        except ValueError:
            await ws.send_json({"error": "no JSON"})
            continue
        await ws.send_json(data)


app = Starlette(routes=[WebSocketRoute("/", echo)])
