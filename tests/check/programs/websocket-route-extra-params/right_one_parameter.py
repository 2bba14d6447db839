from fastapi import FastAPI, WebSocket
from starlette.routing import WebSocketRoute

app = FastAPI()


@app.websocket_route("/rooms/{room_id}")
async def room(websocket):
    await websocket.accept()
    await websocket.send_text(websocket.path_params["room_id"])
    await websocket.close()


@app.websocket_route("/defaults/{room_id}")
async def with_defaults(websocket: WebSocket, greeting: str = "hello", *, times: int = 1):
    await websocket.accept()
    await websocket.send_text(greeting * times)
    await websocket.close()


@app.websocket_route("/anything")
async def anything(websocket, *args, **kwargs):
    await websocket.accept()
    await websocket.close()


@app.websocket("/fastapi/{room_id}")
async def by_fastapi(websocket: WebSocket, room_id: str):
    await websocket.accept()
    await websocket.send_text(room_id)
    await websocket.close()


async def added(websocket: WebSocket, name: str):
    await websocket.accept()
    await websocket.send_text(name)
    await websocket.close()


app.add_api_websocket_route("/added/{name}", added)
app.router.routes.append(WebSocketRoute("/again", room))
