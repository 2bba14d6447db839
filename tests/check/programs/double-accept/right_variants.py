"""More ways to write it."""

import asyncio
import json
from fastapi import Depends, FastAPI, WebSocket, WebSocketException
from starlette.websockets import WebSocketDisconnect, WebSocketState

app = FastAPI()


@app.websocket("/1")
async def case_1(websocket: WebSocket):
    data = await websocket.receive_json()
    await websocket.accept()
    await websocket.send_json(data)
    await websocket.close()


@app.websocket("/2")
async def case_2(websocket: WebSocket):
    try:
        await websocket.send_text("x")
        await websocket.accept()
        while True:
            await websocket.receive_text()
    except WebSocketDisconnect:
        pass


@app.websocket("/3")
async def case_3(websocket: WebSocket):
    while True:
        data = await websocket.receive_text()
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
    await manager_4.send(websocket, "hi")
    async for x in websocket.iter_text():
        pass


async def handler_5(ws: WebSocket):
    await ws.send_bytes(b"x")


app.add_api_websocket_route("/5", handler_5)


@app.websocket("/6")
async def case_6(websocket: WebSocket):
    asyncio.create_task(websocket.accept())
    await websocket.send_text("x")
    await websocket.close()


@app.websocket("/7")
async def case_7(websocket: WebSocket):
    async with asyncio.timeout(5):
        await websocket.accept()
    await websocket.send_text("x")
    await websocket.close()


@app.websocket("/8")
async def case_8(websocket: WebSocket, v: int = 1):
    match v:
        case 1:
            await websocket.accept()
        case 2:
            await websocket.accept("x")
        case _:
            await websocket.close()
            return
    await websocket.send_text("x")
    await websocket.close()


@app.websocket("/9")
async def case_9(websocket: WebSocket):
    try:
        user = json.loads(websocket.cookies["x"])
        await websocket.accept()
        await websocket.send_text("hi")
    except ValueError:
        await websocket.send_text("bad")
        return
    await websocket.close()


@app.websocket("/10")
async def case_10(websocket: WebSocket):
    try:
        await websocket.accept()
        await websocket.send_text("hi")
    except Exception as e:
        await websocket.send_text(str(e))
        return
    await websocket.close()


@app.websocket("/11")
async def case_11(websocket: WebSocket):
    accept = websocket.accept
    await accept()
    await websocket.send_text("x")
    await websocket.close()


class Conn12:
    def __init__(self, ws: WebSocket):
        self.ws = ws

    async def open(self):
        await self.ws.accept()

    async def say(self, t):
        await self.ws.send_text(t)

    async def close(self):
        await self.ws.close()


@app.websocket("/12")
async def case_12(websocket: WebSocket):
    conn = Conn12(websocket)
    await conn.open()
    await conn.say("x")
    await websocket.send_text("y")
    await conn.close()


@app.websocket("/13")
async def case_13(websocket: WebSocket):
    if websocket.client_state == WebSocketState.CONNECTING:
        await websocket.accept()
    if websocket.client_state != WebSocketState.CONNECTED:
        await websocket.accept()
    await websocket.close()


async def get_user_14(websocket: WebSocket):
    if not websocket.cookies:
        await websocket.accept()
        await websocket.close(4401)
        raise WebSocketException(4401)
    return "x"


@app.websocket("/14")
async def case_14(websocket: WebSocket, user: str = Depends(get_user_14)):
    await websocket.accept()
    await websocket.close()


@app.websocket("/15")
async def case_15(websocket: WebSocket):
    while True:
        try:
            await websocket.accept()
            break
        except RuntimeError:
            await asyncio.sleep(1)
    await websocket.close()
