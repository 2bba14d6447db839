import logging

from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

watchers: dict[int, WebSocket] = {}


async def watch(websocket: WebSocket) -> None:
    await websocket.accept()
    watchers[id(websocket)] = websocket
    try:
        while True:
            await websocket.receive_text()
    except WebSocketDisconnect:
        pass
    except Exception:
        logging.exception("watch failed")
    watchers.pop(id(websocket), None)  # here


app = Starlette(routes=[WebSocketRoute("/watch", watch)])
