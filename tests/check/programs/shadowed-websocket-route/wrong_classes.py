from starlette.applications import Starlette
from starlette.endpoints import WebSocketEndpoint
from starlette.routing import Mount, WebSocketRoute


async def session(websocket):
    await websocket.accept()
    await websocket.send_text(websocket.path_params["name"])
    await websocket.close()


class Files(WebSocketEndpoint):
    encoding = "bytes"

    async def on_receive(self, websocket, data):
        await websocket.send_bytes(data[:10])


class Upload(WebSocketEndpoint):
    encoding = "bytes"

    async def on_receive(self, websocket, data):
        await websocket.send_text(str(len(data)))


sockets = [
    WebSocketRoute("/files/{path:path}", Files),
    WebSocketRoute("/files/new", endpoint=Upload),  # here
    WebSocketRoute("/{name}", session),
    WebSocketRoute("/upload", Upload),  # here
]
app = Starlette(routes=[Mount("/ws", routes=sockets)])
