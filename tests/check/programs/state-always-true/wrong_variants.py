"""More ways to write it."""

from fastapi import FastAPI, WebSocket
from starlette.websockets import WebSocketState

app = FastAPI()


@app.websocket("/1")
async def case_1(websocket: WebSocket):
    await websocket.accept()
    if websocket.client_state.DISCONNECTED:  # here
        return
    x = 1 if websocket.client_state.CONNECTED else 0  # here
    while websocket.application_state.CONNECTED and x:  # here
        await websocket.receive_text()
    await websocket.close()


@app.websocket("/2")
async def case_2(websocket: WebSocket):
    await websocket.accept()
    if not websocket.client_state.CONNECTED:  # here
        return
    if websocket.client_state:  # here
        await websocket.send_text("x")
    if websocket.client_state is not WebSocketState.DISCONNECTED:
        await websocket.close()


def is_open_3(ws: WebSocket) -> bool:
    return ws.client_state.CONNECTED  # here


def members_3(ws: WebSocket):
    return ws.client_state.CONNECTED


class Job3:
    state = None


def run_3(job):
    if job.state.CONNECTED:
        pass


@app.websocket("/4")
async def case_4(websocket: WebSocket):
    await websocket.accept()
    peers = [websocket]
    live = [w for w in peers if w.client_state.CONNECTED]  # here
    await websocket.close()


class Client5:
    def __init__(self, ws: WebSocket):
        self.ws = ws

    def is_open(self):
        return bool(self.ws.client_state.CONNECTED)  # here
