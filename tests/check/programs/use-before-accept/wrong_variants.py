"""More ways to write it."""

import json
from fastapi import FastAPI, WebSocket
from starlette.websockets import WebSocketDisconnect

app = FastAPI()


@app.websocket("/1")
async def case_1(websocket: WebSocket):
    data = await websocket.receive_json()  # here
    await websocket.accept()
    await websocket.send_json(data)
    await websocket.close()


@app.websocket("/2")
async def case_2(websocket: WebSocket):
    try:
        await websocket.send_text("x")  # here
        await websocket.accept()
        while True:
            await websocket.receive_text()
    except WebSocketDisconnect:
        pass


@app.websocket("/3")
async def case_3(websocket: WebSocket):
    while True:
        data = await websocket.receive_text()  # here
        await websocket.send_text(data)


class Manager4:
    def __init__(self):
        self.active = []

    async def connect(self, websocket: WebSocket):
        self.active.append(websocket)

    async def send(self, websocket, text):
        await websocket.send_text(text)


manager_4 = Manager4()


@app.websocket("/4")
async def case_4(websocket: WebSocket):
    await manager_4.connect(websocket)
    await manager_4.send(websocket, "hi")  # here
    async for x in websocket.iter_text():
        pass


async def handler_5(ws: WebSocket):
    await ws.send_bytes(b"x")  # here


app.add_api_websocket_route("/5", handler_5)


@app.websocket("/6")
async def case_6(websocket: WebSocket):
    try:
        user = json.loads(websocket.cookies["x"])
        await websocket.accept()
        await websocket.send_text("hi")
    except ValueError:
        await websocket.send_text("bad")  # here
        return
    await websocket.close()
