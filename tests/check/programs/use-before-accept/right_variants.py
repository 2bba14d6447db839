"""More ways to write it."""

import asyncio
from fastapi import Depends, FastAPI, WebSocket, WebSocketException
from starlette.websockets import WebSocketState

app = FastAPI()


@app.websocket("/1")
async def case_1(websocket: WebSocket):
    asyncio.create_task(websocket.accept())
    await websocket.send_text("x")
    await websocket.close()


@app.websocket("/2")
async def case_2(websocket: WebSocket):
    async with asyncio.timeout(5):
        await websocket.accept()
    await websocket.send_text("x")
    await websocket.close()


@app.websocket("/3")
async def case_3(websocket: WebSocket, v: int = 1):
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


@app.websocket("/4")
async def case_4(websocket: WebSocket):
    try:
        await websocket.accept()
        await websocket.send_text("hi")
    except Exception as e:
        await websocket.send_text(str(e))
        return
    await websocket.close()


@app.websocket("/5")
async def case_5(websocket: WebSocket):
    accept = websocket.accept
    await accept()
    await websocket.send_text("x")
    await websocket.close()


class Conn6:
    def __init__(self, ws: WebSocket):
        self.ws = ws

    async def open(self):
        await self.ws.accept()

    async def say(self, t):
        await self.ws.send_text(t)

    async def close(self):
        await self.ws.close()


@app.websocket("/6")
async def case_6(websocket: WebSocket):
    conn = Conn6(websocket)
    await conn.open()
    await conn.say("x")
    await websocket.send_text("y")
    await conn.close()


class Conn7:
    def __init__(self, ws: WebSocket):
        self.ws = ws

    async def run(self):
        await self.ws.accept()
        await self.ws.accept()


@app.websocket("/7")
async def case_7(websocket: WebSocket):
    await Conn7(websocket).run()


@app.websocket("/8")
async def case_8(websocket: WebSocket):
    await websocket.accept()
    if websocket.headers.get("x"):
        await websocket.accept("x")
    await websocket.close()


@app.websocket("/9")
async def case_9(websocket: WebSocket):
    if websocket.client_state == WebSocketState.CONNECTING:
        await websocket.accept()
    if websocket.client_state != WebSocketState.CONNECTED:
        await websocket.accept()
    await websocket.close()


async def get_user_10(websocket: WebSocket):
    await websocket.accept()
    return "x"


@app.websocket("/10")
async def case_10(websocket: WebSocket, user: str = Depends(get_user_10)):
    await websocket.accept()
    await websocket.close()


async def get_user_11(websocket: WebSocket):
    if not websocket.cookies:
        await websocket.accept()
        await websocket.close(4401)
        raise WebSocketException(4401)
    return "x"


@app.websocket("/11")
async def case_11(websocket: WebSocket, user: str = Depends(get_user_11)):
    await websocket.accept()
    await websocket.close()


@app.websocket("/12")
async def case_12(websocket: WebSocket):
    while True:
        try:
            await websocket.accept()
            break
        except RuntimeError:
            await asyncio.sleep(1)
    await websocket.close()


@app.websocket("/13")
async def case_13(websocket: WebSocket):
    try:
        await websocket.accept()
        await websocket.send_text("x")
    except Exception:
        await websocket.accept()
        await websocket.close(1011)
        return
    await websocket.close()
