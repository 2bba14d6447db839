"""More ways to write it."""

from starlette.endpoints import WebSocketEndpoint
from fastapi import APIRouter, FastAPI, WebSocket
from contextlib import suppress
from starlette.websockets import WebSocketDisconnect

app = FastAPI()


@app.websocket("/1")
async def case_1(websocket: WebSocket, user: str = ""):
    if user == "x":
        await websocket.close()
    await websocket.accept()  # here
    await websocket.close()


@app.websocket("/2")
async def case_2(websocket: WebSocket):
    await websocket.accept()
    while True:
        data = await websocket.receive_json()
        if data.get("type") == "quit":
            await websocket.close()
        await websocket.send_json(data)  # here


@app.websocket("/3")
async def case_3(websocket: WebSocket):
    await websocket.accept()
    async for text in websocket.iter_text():  # here
        if text == "bye":
            await websocket.close()
        else:
            await websocket.send_text(text)


@app.websocket("/4")
async def case_4(websocket: WebSocket):
    await websocket.accept()
    await websocket.send_text("a")
    await websocket.close()
    await websocket.send_text("b")  # here


@app.websocket("/5")
async def case_5(websocket: WebSocket):
    await websocket.accept()
    try:
        await websocket.send_text("a")
        await websocket.close()
    finally:
        await websocket.close()  # here


@app.websocket("/6")
async def case_6(websocket: WebSocket):
    await websocket.accept()
    with suppress(WebSocketDisconnect):
        text = await websocket.receive_text()
        if text == "bye":
            await websocket.close()
        await websocket.send_text(text)  # here
        await websocket.close()


class M7:
    def __init__(self):
        self.active = {}

    async def connect(self, ws: WebSocket, key):
        await ws.accept()
        if key in self.active:
            await ws.close(4009)
            return
        self.active[key] = ws


m_7 = M7()


@app.websocket("/7")
async def case_7(websocket: WebSocket, key: str):
    await m_7.connect(websocket, key)
    async for t in websocket.iter_text():  # here
        await websocket.send_text(t)


@app.websocket("/8")
async def case_8(websocket: WebSocket):
    await websocket.accept()

    async def fail(reason):
        await websocket.send_json({"error": reason})
        await websocket.close(4000)

    data = await websocket.receive_json()
    if "x" not in data:
        await fail("no x")
    await websocket.send_json(data["x"])  # here
    await websocket.close()


@app.websocket("/9")
async def case_9(websocket: WebSocket):
    await websocket.accept()
    try:
        data = await websocket.receive_json()
    except ValueError:
        await websocket.close(1003)
    await websocket.send_text("x")  # here
    await websocket.close()


class Server10:
    def __init__(self):
        self.router = APIRouter()
        self.router.add_api_websocket_route("/10", self.handle)

    async def handle(self, websocket: WebSocket):
        await websocket.accept()
        await websocket.close()
        await websocket.send_text("x")  # here


app.include_router(Server10().router)


@app.websocket("/11")
async def case_11(ws: WebSocket):
    try:
        await ws.accept()
        while True:
            msg = await ws.receive_json()
            if msg["op"] == "stop":
                await ws.close()
            await ws.send_json(msg)  # here
    except WebSocketDisconnect:
        pass


async def reject_12(ws: WebSocket, code: int):
    await ws.accept()
    await ws.close(code)


@app.websocket("/12")
async def case_12(ws: WebSocket, token: str = ""):
    if not token:
        await reject_12(ws, 4401)
    await ws.accept()  # here
    await ws.send_text("x")
    await ws.close()


class E13(WebSocketEndpoint):
    encoding = "json"

    async def on_connect(self, websocket):
        if not websocket.cookies.get("x"):
            await websocket.close(code=4401)
            return
        await websocket.accept()

    async def on_receive(self, websocket, data):
        if data == "stop":
            await websocket.close()
        await websocket.send_json(data)  # here

    async def on_disconnect(self, websocket, close_code):
        await websocket.send_text("bye")
