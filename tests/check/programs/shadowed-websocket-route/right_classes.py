from starlette.applications import Starlette
from starlette.endpoints import WebSocketEndpoint
from starlette.routing import Mount, Route, WebSocketRoute


class Page:
    async def __call__(self, scope, receive, send):
        await send({"type": "http.response.start", "status": 204})
        await send({"type": "http.response.body"})


class Files(WebSocketEndpoint):
    encoding = "bytes"

    async def on_receive(self, websocket, data):
        await websocket.send_bytes(data[:10])


class Upload(WebSocketEndpoint):
    encoding = "bytes"

    async def on_receive(self, websocket, data):
        await websocket.send_text(str(len(data)))


app = Starlette(
    routes=[
        Route("/{page:path}", Page()),
        WebSocketRoute("/files/new", Upload),
        WebSocketRoute("/files/{number:int}", Files),
        WebSocketRoute("/files/last", Upload),
        Mount("/v2", routes=[WebSocketRoute("/{name}", Files)]),
        Mount("/v3", routes=[WebSocketRoute("/upload", Upload)]),
    ]
)
