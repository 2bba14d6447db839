"""Helpers of an endpoint that remove once, and methods of an endpoint class."""

from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from starlette.endpoints import WebSocketEndpoint
from starlette.routing import WebSocketRoute

app = FastAPI()
watchers: list[WebSocket] = []
readers: list[WebSocket] = []
members: list[WebSocket] = []


@app.websocket("/watch")
async def watch(websocket: WebSocket) -> None:
    await websocket.accept()
    watchers.append(websocket)

    def forget() -> None:
        watchers.remove(websocket)

    try:
        async for text in websocket.iter_text():
            await websocket.send_text(text)
    finally:
        forget()


@app.websocket("/read")
async def read(websocket: WebSocket) -> None:
    await websocket.accept()
    readers.append(websocket)
    forgotten = False

    def forget() -> None:
        nonlocal forgotten
        if not forgotten:
            readers.remove(websocket)
        forgotten = True

    try:
        await websocket.receive_text()
    except WebSocketDisconnect:
        forget()
    finally:
        forget()


class Members(WebSocketEndpoint):
    encoding = "text"

    async def on_connect(self, websocket: WebSocket) -> None:
        await websocket.accept()
        members.append(websocket)

    async def on_disconnect(self, websocket: WebSocket, close_code: int) -> None:
        members.remove(websocket)


app.router.routes.append(WebSocketRoute("/members", Members))
