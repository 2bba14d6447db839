"""More ways to write it."""

import asyncio
from fastapi import FastAPI, WebSocket, WebSocketException
from contextlib import suppress
from starlette.websockets import WebSocketDisconnect

app = FastAPI()


@app.websocket("/1")
async def case_1(websocket: WebSocket):
    await websocket.accept()
    try:
        while True:
            data = await websocket.receive_text()
            await websocket.send_text(data)
    except Exception as e:
        print(e)


@app.websocket("/2")
async def case_2(websocket: WebSocket):
    await websocket.accept()
    try:
        while True:
            data = await websocket.receive_text()
            await websocket.send_text(data)
    except Exception as e:
        print(e)
    finally:
        print("bye")


@app.websocket("/3")
async def case_3(websocket: WebSocket):
    await websocket.accept()
    async for text in websocket.iter_text():
        if text == "stop":
            break
        await websocket.send_text(text)
    with suppress(RuntimeError):
        await websocket.close()


@app.websocket("/4")
async def case_4(websocket: WebSocket):
    await websocket.accept()
    while True:
        message = await websocket.receive()
        if message["type"] != "websocket.receive":
            break
        await websocket.send_text("x")


@app.websocket("/5")
async def case_5(websocket: WebSocket):
    await websocket.accept()
    while True:
        message = await websocket.receive()
        match message["type"]:
            case "websocket.disconnect":
                break
            case _:
                await websocket.send_text("x")


@app.websocket("/6")
async def case_6(websocket: WebSocket):
    await websocket.accept()
    while True:
        message = await websocket.receive()
        if "text" not in message:
            break
        await websocket.send_text("x")


@app.websocket("/7")
async def case_7(websocket: WebSocket):
    await websocket.accept()
    connected = True
    while connected:
        try:
            await websocket.send_text(await websocket.receive_text())
        except WebSocketDisconnect:
            connected = False


async def read_8(ws):
    try:
        return await ws.receive_text()
    except WebSocketDisconnect:
        return None


@app.websocket("/8")
async def case_8(websocket: WebSocket):
    await websocket.accept()
    while True:
        text = await read_8(websocket)
        if text is None:
            break
        await websocket.send_text(text)


@app.websocket("/9")
async def case_9(websocket: WebSocket):
    await websocket.accept()
    async with asyncio.TaskGroup() as group:
        group.create_task(websocket.receive_text())


async def pump_10(ws):
    async for t in ws.iter_text():
        print(t)


async def feed_10(ws):
    while True:
        await ws.send_text("x")
        await asyncio.sleep(1)


@app.websocket("/10")
async def case_10(websocket: WebSocket):
    await websocket.accept()
    await asyncio.gather(pump_10(websocket), feed_10(websocket))


@app.websocket("/11")
async def case_11(websocket: WebSocket):
    await websocket.accept()
    try:
        await websocket.send_text("x")
    finally:
        await websocket.close()


@app.websocket("/12")
async def case_12(websocket: WebSocket):
    await websocket.accept()
    await websocket.send_text("x")
    raise WebSocketException(1000)


class Room13:
    async def join(self, ws: WebSocket):
        await ws.accept()
        await ws.send_text("hi")

    async def leave(self, ws):
        await ws.close()


room_13 = Room13()


@app.websocket("/13")
async def case_13(websocket: WebSocket):
    await room_13.join(websocket)
    try:
        data = await websocket.receive_text()
        await websocket.send_text(data)
    finally:
        await room_13.leave(websocket)


stop_14 = asyncio.Event()


@app.websocket("/14")
async def case_14(websocket: WebSocket):
    await websocket.accept()
    while not stop_14.is_set():
        await websocket.send_text(await websocket.receive_text())


async def handle_15(ws: WebSocket):
    await ws.accept()
    await ws.send_text("x")
    await ws.close()


@app.websocket("/15")
async def case_15(websocket: WebSocket):
    await handle_15(websocket)
