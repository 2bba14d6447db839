"""More ways to write it."""

from fastapi import exceptions
from fastapi import FastAPI, HTTPException, WebSocket

app = FastAPI()


async def find_1(id):
    if not id:
        raise HTTPException(404)
    return id


@app.websocket("/1")
async def case_1(websocket: WebSocket, id: int):
    item = await find_1(id)
    await websocket.accept()
    item = await find_1(id)  # here
    await websocket.close()


class NotFound2(HTTPException):
    def __init__(self):
        super().__init__(404)


@app.websocket("/2")
async def case_2(websocket: WebSocket, id: int):
    await websocket.accept()
    if not id:
        raise NotFound2()  # here
    await websocket.close()


@app.websocket("/3")
async def case_3(websocket: WebSocket, id: int):
    await websocket.accept()
    if not id:
        raise exceptions.HTTPException(404)  # here
    await websocket.close()


@app.websocket("/4")
async def case_4(websocket: WebSocket, id: int):
    await websocket.accept()
    try:
        data = await websocket.receive_json()
    except ValueError:
        raise HTTPException(status_code=400, detail="bad")  # here
    await websocket.close()


class M5:
    async def connect(self, ws: WebSocket):
        await ws.accept()
        if len(self.x) > 10:
            raise HTTPException(503)  # here


m_5 = M5()


@app.websocket("/5")
async def case_5(websocket: WebSocket, id: int):
    await m_5.connect(websocket)
    await websocket.close()


async def get_user_6(token: str):
    raise HTTPException(401)


@app.websocket("/6")
async def case_6(websocket: WebSocket):
    await websocket.accept()
    token = await websocket.receive_text()
    user = await get_user_6(token)  # here
    await websocket.close()


@app.websocket("/7")
async def case_7(websocket: WebSocket):
    await websocket.accept()
    error = HTTPException(401)
    await websocket.receive_text()
    raise error  # here


rooms_8 = {}


@app.websocket("/8")
async def case_8(ws: WebSocket, room: str):
    await ws.accept()
    try:
        people = rooms[room]
    except KeyError:
        raise HTTPException(404, "no such room")  # here
    await ws.send_json(people)
    await ws.close()
