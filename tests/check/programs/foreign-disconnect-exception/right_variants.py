"""More ways to write it."""

import websockets
from fastapi import FastAPI, WebSocket
from starlette.websockets import WebSocketDisconnect

app = FastAPI()


@app.websocket("/1")
async def case_1(websocket: WebSocket):
    await websocket.accept()
    try:
        while True:
            await websocket.send_text(await websocket.receive_text())
    except RuntimeError:
        pass
    except WebSocketDisconnect:
        pass


@app.websocket("/2")
async def case_2(websocket: WebSocket):
    await websocket.accept()
    try:
        async for t in websocket.iter_text():
            print(t)
    except RuntimeError:
        pass


class M3:
    def __init__(self):
        self.active = []

    async def broadcast(self, text):
        for ws in list(self.active):
            try:
                await ws.send_text(text)
            except RuntimeError:
                self.active.remove(ws)

    async def connect(self, ws: WebSocket):
        await ws.accept()
        self.active.append(ws)


m_3 = M3()


@app.websocket("/3")
async def case_3(websocket: WebSocket):
    await m_3.connect(websocket)
    async for t in websocket.iter_text():
        await m_3.broadcast(t)


@app.websocket("/4")
async def case_4(websocket: WebSocket):
    await websocket.accept()
    async with websockets.connect("ws://x") as up:

        async def forward():
            try:
                while True:
                    await websocket.send_text(await up.recv())
            except websockets.ConnectionClosed:
                pass

        await forward()
