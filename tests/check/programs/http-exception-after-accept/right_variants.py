"""More ways to write it."""

from fastapi import FastAPI, HTTPException, WebSocket
from starlette.websockets import WebSocketDisconnect

app = FastAPI()


def find_1(id):
    raise HTTPException(404)


@app.websocket("/1")
async def case_1(websocket: WebSocket, id: int):
    await websocket.accept()
    try:
        find_1(id)
    except HTTPException as e:
        await websocket.close(1008, e.detail)
        return
    await websocket.close()


@app.websocket("/2")
async def case_2(websocket: WebSocket, id: int):
    await websocket.accept()
    try:
        data = await websocket.receive_json()
        if not data:
            raise HTTPException(400)
    except WebSocketDisconnect:
        return
    except Exception as e:
        await websocket.close(1011)
        return
    await websocket.close()


class M3:
    async def connect(self, ws: WebSocket):
        if len(self.x) > 10:
            raise HTTPException(503)
        await ws.accept()


m_3 = M3()


@app.websocket("/3")
async def case_3(websocket: WebSocket, id: int):
    await m_3.connect(websocket)
    await websocket.close()


@app.websocket("/4")
async def case_4(websocket: WebSocket):
    await websocket.accept()
    token = await websocket.receive_text()
    if token != "x":
        await websocket.close(1008)
        raise HTTPException(401)
    await websocket.close()
