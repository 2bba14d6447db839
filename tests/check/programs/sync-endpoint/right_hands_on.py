import functools

from fastapi import FastAPI, WebSocket

app = FastAPI()


async def serve(websocket: WebSocket, text: str) -> None:
    await websocket.accept()
    await websocket.send_text(text)
    await websocket.close()


@app.websocket("/hands-on")
def hands_on(websocket: WebSocket):
    return serve(websocket, "handed on")


def made_async(function):
    @functools.wraps(function)
    async def call(websocket: WebSocket):
        await serve(websocket, function(websocket))

    return call


@app.websocket("/decorated")
@made_async
def changed_before(websocket: WebSocket):
    return "decorated"


app.add_api_websocket_route("/wrapped", made_async(lambda websocket: "wrapped"))
