import logging

from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

log = logging.getLogger(__name__)
CHUNKS: dict[WebSocket, list[bytes]] = {}


async def upload(socket: WebSocket) -> None:
    await socket.accept()
    CHUNKS[socket] = []
    try:
        async for chunk in socket.iter_bytes():
            CHUNKS[socket].append(chunk)
    except WebSocketDisconnect as error:  # here
        log.info("left with %s", error.code)
        del CHUNKS[socket]
    except Exception:
        log.exception("failed")


app = Starlette(routes=[WebSocketRoute("/upload", upload)])
