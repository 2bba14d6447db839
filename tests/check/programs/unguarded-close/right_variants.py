"""More ways to write it."""

import asyncio
import json
from fastapi import FastAPI, WebSocket
from contextlib import suppress
from starlette.websockets import WebSocketDisconnect, WebSocketState

app = FastAPI()


@app.websocket("/1")
async def case_1(websocket: WebSocket, user: str = ""):
    if user == "x":
        await websocket.close()
    await websocket.accept()
    await websocket.close()


@app.websocket("/2")
async def case_2(websocket: WebSocket):
    await websocket.accept()
    while True:
        data = await websocket.receive_json()
        if data.get("type") == "quit":
            await websocket.close()
        await websocket.send_json(data)


@app.websocket("/3")
async def case_3(websocket: WebSocket):
    await websocket.accept()
    try:
        data = await websocket.receive_json()
        await websocket.send_json(data)
        await websocket.close()
    except WebSocketDisconnect:
        pass
    except Exception as e:
        await websocket.send_json({"error": str(e)})
        await websocket.close()


@app.websocket("/4")
async def case_4(websocket: WebSocket):
    await websocket.accept()
    try:
        data = await websocket.receive_json()
        if not data:
            await websocket.close(1003)
            return
        await websocket.send_json(data)
    except WebSocketDisconnect:
        return
    finally:
        print("x")
    await websocket.close()


@app.websocket("/5")
async def case_5(websocket: WebSocket):
    await websocket.accept()
    async for text in websocket.iter_text():
        if text == "bye":
            await websocket.close()
        else:
            await websocket.send_text(text)


@app.websocket("/6")
async def case_6(websocket: WebSocket):
    await websocket.accept()
    closing = False
    while not closing:
        text = await websocket.receive_text()
        if text == "bye":
            await websocket.close()
            closing = True


@app.websocket("/7")
async def case_7(websocket: WebSocket):
    await websocket.accept()
    await websocket.send_text("a")
    await websocket.close()
    await websocket.send_text("b")


@app.websocket("/8")
async def case_8(websocket: WebSocket):
    await websocket.accept()
    try:
        while True:
            text = await websocket.receive_text()
            if text == "bye":
                await websocket.close()
                break
            await websocket.send_text(text)
    except WebSocketDisconnect:
        pass
    finally:
        if websocket.client_state != WebSocketState.DISCONNECTED:
            await websocket.close()


@app.websocket("/9")
async def case_9(websocket: WebSocket):
    await websocket.accept()
    with suppress(WebSocketDisconnect):
        text = await websocket.receive_text()
        if text == "bye":
            await websocket.close()
        await websocket.send_text(text)
        await websocket.close()


class M10:
    def __init__(self):
        self.active = {}

    async def connect(self, ws: WebSocket, key):
        await ws.accept()
        if key in self.active:
            await ws.close(4009)
            return
        self.active[key] = ws


m_10 = M10()


@app.websocket("/10")
async def case_10(websocket: WebSocket, key: str):
    await m_10.connect(websocket, key)
    async for t in websocket.iter_text():
        await websocket.send_text(t)


class M11:
    def __init__(self):
        self.active = {}

    async def connect(self, ws: WebSocket, key):
        await ws.accept()
        old = self.active.get(key)
        if old:
            await old.close(4009)
        self.active[key] = ws

    async def kick(self, key):
        ws = self.active.pop(key, None)
        if ws:
            await ws.close()


m_11 = M11()


@app.websocket("/11")
async def case_11(websocket: WebSocket, key: str):
    await m_11.connect(websocket, key)
    try:
        async for t in websocket.iter_text():
            if t == "kick":
                await m_11.kick("other")
            await websocket.send_text(t)
    finally:
        m_11.active.pop(key, None)


@app.websocket("/12")
async def case_12(websocket: WebSocket):
    await websocket.accept()

    async def fail(reason):
        await websocket.send_json({"error": reason})
        await websocket.close(4000)

    data = await websocket.receive_json()
    if "x" not in data:
        await fail("no x")
    await websocket.send_json(data["x"])
    await websocket.close()


@app.websocket("/13")
async def case_13(websocket: WebSocket):
    await websocket.accept()
    try:
        data = await websocket.receive_json()
    except ValueError:
        await websocket.close(1003)
    await websocket.send_text("x")
    await websocket.close()


@app.websocket("/14")
async def case_14(websocket: WebSocket):
    await websocket.accept()
    try:
        data = await websocket.receive_json()
    except WebSocketDisconnect:
        return
    except ValueError:
        await websocket.close(1003)
    else:
        await websocket.send_text("x")
        await websocket.close()


@app.websocket("/15")
async def case_15(websocket: WebSocket):
    await websocket.accept()
    try:
        while True:
            try:
                data = await websocket.receive_json()
                await websocket.send_json(data)
            except ValueError:
                await websocket.close(1003)
                raise
    except WebSocketDisconnect:
        pass


@app.websocket("/16")
async def case_16(websocket: WebSocket):
    await websocket.accept()
    try:
        await websocket.receive_text()
    except WebSocketDisconnect:
        try:
            await websocket.close()
        except Exception:
            pass
        return
    await websocket.close()


@app.websocket("/17")
async def case_17(websocket: WebSocket):
    await websocket.accept()
    is_open = True
    try:
        while True:
            await websocket.send_text(await websocket.receive_text())
    except WebSocketDisconnect as e:
        is_open = False
    except ValueError:
        await websocket.send_text("x")
    finally:
        if is_open:
            await websocket.close(1000)


@app.websocket("/18")
async def case_18(websocket: WebSocket):
    await websocket.accept()
    try:
        while True:
            await websocket.send_text(await websocket.receive_text())
    except Exception:
        with suppress(Exception):
            await websocket.send_text("x")
            await websocket.close(1000)


@app.websocket("/19")
async def case_19(websocket: WebSocket):
    await websocket.accept()
    try:
        await asyncio.sleep(3)
        x = json.loads("x")
    finally:
        await websocket.close()
