"""More ways to write it."""

from starlette.endpoints import WebSocketEndpoint
import json
from fastapi import APIRouter, Depends, FastAPI, HTTPException, Query, WebSocket, WebSocketException
from starlette.websockets import WebSocketDisconnect

app = FastAPI()


async def verify_1(ws: WebSocket, token: str):
    if token != "x":
        await ws.close(code=4401)  # here
        raise HTTPException(401)


@app.websocket("/1")
async def case_1(websocket: WebSocket, token: str):
    await verify_1(websocket, token)
    await websocket.accept()
    await websocket.close()


@app.websocket("/2")
async def case_2(websocket: WebSocket, token: str):
    user = None
    try:
        user = json.loads(token)
    except ValueError:
        pass
    if user is None:
        await websocket.close(code=1008, reason="bad token")  # here
        return
    await websocket.accept()
    await websocket.close()


@app.websocket("/3")
async def case_3(websocket: WebSocket, token: str):
    if not token:
        return await websocket.close(4001)  # here
    await websocket.accept()
    await websocket.close()


@app.websocket("/4")
async def case_4(websocket: WebSocket, token: str):
    if not token:
        await websocket.close(code=1000)  # here
        return
    await websocket.accept()
    await websocket.close()


class Manager5:
    async def connect(self, websocket, token):
        if not token:
            await websocket.close(code=4001)  # here
            return False
        await websocket.accept()
        return True


m_5 = Manager5()


@app.websocket("/5")
async def case_5(websocket: WebSocket, token: str):
    if not await m_5.connect(websocket, token):
        return
    await websocket.send_text("x")
    await websocket.close()


@app.websocket("/6")
async def case_6(websocket: WebSocket, token: str):
    try:
        user = json.loads(token)
        await websocket.accept()
        while True:
            await websocket.send_text(await websocket.receive_text())
    except ValueError:
        await websocket.close(code=1008)  # here
    except WebSocketDisconnect:
        pass


async def get_user_7(websocket: WebSocket, token: str = Query(None)):
    if token is None:
        await websocket.close(code=1008)  # here
    return token


@app.websocket("/7")
async def case_7(websocket: WebSocket, user=Depends(get_user_7)):
    await websocket.accept()
    await websocket.close()


router_8 = APIRouter(dependencies=[])


def check_8(token):
    return token


@router_8.websocket("/8")
async def case_8(websocket: WebSocket, token: str):
    if not check_8(token):
        await websocket.close(reason="no")  # here
        return
    await websocket.accept()
    await websocket.close()


class E9(WebSocketEndpoint):
    encoding = "json"

    async def on_connect(self, websocket):
        if not websocket.cookies.get("x"):
            await websocket.close(code=4401)  # here
            return
        await websocket.accept()

    async def on_receive(self, websocket, data):
        if data == "stop":
            await websocket.close()
        await websocket.send_json(data)

    async def on_disconnect(self, websocket, close_code):
        await websocket.send_text("bye")


class Auth10:
    def __init__(self, key):
        self.key = key

    async def __call__(self, websocket: WebSocket):
        if websocket.query_params.get("k") != self.key:
            await websocket.close(code=4401)  # here
            raise WebSocketException(4401)


auth_10 = Auth10("x")


@app.websocket("/10")
async def case_10(ws: WebSocket, _=Depends(auth_10)):
    await ws.accept()
    await ws.close()
