from fastapi import FastAPI
from starlette.endpoints import WebSocketEndpoint
from starlette.routing import Route, WebSocketRoute


async def by_position(websocket):
    await websocket.accept()
    await websocket.close()


async def also_by_position(ws):
    await ws.accept()
    await ws.close()


class Echo(WebSocketEndpoint):
    encoding = "text"

    async def on_connect(self, websocket):
        await websocket.accept()

    async def on_receive(self, websocket, data):
        await websocket.send_text(data)


app = FastAPI(routes=[WebSocketRoute("/ws", by_position), WebSocketRoute("/echo", Echo)])
app.router.add_websocket_route("/added", also_by_position)


@app.websocket_route("/old")
async def old(websocket):
    await websocket.accept()
    await websocket.close()
