from typing import Annotated, Any

from fastapi import Depends, FastAPI, WebSocket
from fastapi.requests import HTTPConnection

app = FastAPI()


class Typed(WebSocket):
    """A WebSocket of one's own is one, too."""


def current(websocket: WebSocket):
    return websocket


@app.websocket("/a")
async def annotated(ws: WebSocket):
    await ws.accept()
    await ws.close()


@app.websocket("/b")
async def quoted(connection: "WebSocket", ws=None):
    await connection.accept()
    await connection.close()


@app.websocket("/c/{socket}")
async def in_the_path(socket, connection: WebSocket):
    await connection.accept()
    await connection.send_text(socket)
    await connection.close()


@app.websocket("/p/{socket:path}")
async def only_in_the_path(socket):
    """Takes no WebSocket at all."""


@app.websocket("/d")
async def given(ws=Depends(current)):
    await ws.accept()
    await ws.close()


@app.websocket("/e")
async def scope_only(connection: HTTPConnection, socket):
    print(connection.scope, socket)


@app.websocket("/f")
async def as_a_dependency(ws: Annotated[Any, Depends(current)]):
    await ws.accept()
    await ws.close()


@app.websocket("/g")
async def own_class(ws: Typed):
    await ws.accept()
    await ws.close()


@app.get("/h")
async def http(ws):
    return {"a query parameter": ws}
