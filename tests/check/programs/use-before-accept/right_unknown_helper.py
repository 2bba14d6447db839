import importlib
from functools import wraps

from fastapi import FastAPI, WebSocket

app = FastAPI()
plugin = importlib.import_module("types")
plugin.admit = WebSocket.accept


def accepting(function):
    @wraps(function)
    async def inner(websocket: WebSocket):
        await websocket.accept()
        return await function(websocket)

    return inner


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await plugin.admit(websocket)
    await websocket.send_text("welcome")
    await websocket.close()


@app.websocket("/wrapped")
@accepting
async def wrapped(websocket: WebSocket):
    await websocket.send_text("welcome")
    await websocket.close()
