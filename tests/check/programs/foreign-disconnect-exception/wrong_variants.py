"""More ways to write it."""

from websockets.exceptions import ConnectionClosed
from websockets.exceptions import ConnectionClosedError
from websockets.exceptions import ConnectionClosedError, ConnectionClosedOK
import websockets
from fastapi import FastAPI, WebSocket
from contextlib import suppress

app = FastAPI()


@app.websocket("/1")
async def case_1(websocket: WebSocket):
    await websocket.accept()
    while True:
        try:
            data = await websocket.receive_text()
        except ConnectionClosedError:  # here
            break
        await websocket.send_text(data)


@app.websocket("/2")
async def case_2(websocket: WebSocket):
    await websocket.accept()
    try:
        while True:
            await websocket.send_text(await websocket.receive_text())
    except websockets.exceptions.ConnectionClosed as e:  # here
        print(e)


@app.websocket("/3")
async def case_3(websocket: WebSocket):
    await websocket.accept()
    try:
        while True:
            await websocket.send_text(await websocket.receive_text())
    except (RuntimeError, ConnectionError):  # here
        pass


class M4:
    def __init__(self):
        self.active = []

    async def broadcast(self, text):
        for ws in list(self.active):
            try:
                await ws.send_text(text)
            except ConnectionClosed:  # here
                self.active.remove(ws)

    async def connect(self, ws: WebSocket):
        await ws.accept()
        self.active.append(ws)


m_4 = M4()


@app.websocket("/4")
async def case_4(websocket: WebSocket):
    await m_4.connect(websocket)
    async for t in websocket.iter_text():
        await m_4.broadcast(t)


@app.websocket("/5")
async def case_5(ws: WebSocket):
    await ws.accept()
    try:
        while True:
            await ws.send_json(await ws.receive_json())
    except ConnectionClosedOK:  # here
        pass
    except ConnectionClosedError:  # here
        print("lost")


@app.websocket("/6")
async def case_6(ws: WebSocket):
    await ws.accept()
    with suppress(ConnectionClosed):  # here
        while True:
            await ws.send_text(await ws.receive_text())
