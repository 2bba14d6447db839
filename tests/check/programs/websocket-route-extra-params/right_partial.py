import functools

from fastapi import FastAPI
from starlette.routing import WebSocketRoute


async def serve(websocket, text):
    await websocket.accept()
    await websocket.send_text(text)
    await websocket.close()


def with_room(function):
    @functools.wraps(function)
    async def endpoint(websocket):
        await function(websocket, websocket.path_params["room"])

    return endpoint


app = FastAPI()


@app.websocket_route("/rooms/{room}")
@with_room
async def room(websocket, room):
    await serve(websocket, room)


async def other(websocket, room):
    await serve(websocket, room)


app.router.routes += [
    WebSocketRoute("/hello", functools.partial(serve, text="hello")),
    WebSocketRoute("/other/{room}", with_room(other)),
]
