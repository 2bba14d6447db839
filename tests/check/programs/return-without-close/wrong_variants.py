"""More ways to write it."""

import asyncio
import json
from fastapi import FastAPI, WebSocket
from contextlib import suppress
from starlette.websockets import WebSocketDisconnect

app = FastAPI()


@app.websocket("/1")
async def case_1(websocket: WebSocket):
    await websocket.accept()
    for i in range(3):
        await websocket.send_text(str(i))
    print("done")  # here


@app.websocket("/2")
async def case_2(websocket: WebSocket):
    await websocket.accept()
    for i in range(3):  # here
        await websocket.send_text(str(i))


@app.websocket("/3")
async def case_3(websocket: WebSocket):
    await websocket.accept()
    try:
        while True:
            data = await websocket.receive_text()
            if data == "close":
                break  # here
            await websocket.send_text(data)
    except WebSocketDisconnect:
        print("x")
    except Exception as e:
        print(e)


@app.websocket("/4")
async def case_4(websocket: WebSocket):
    await websocket.accept()
    async for text in websocket.iter_text():
        if text == "stop":
            return  # here
        await websocket.send_text(text)


@app.websocket("/5")
async def case_5(websocket: WebSocket):
    await websocket.accept()
    async for text in websocket.iter_text():
        if text == "stop":
            break
        await websocket.send_text(text)
    print("over")  # here


@app.websocket("/6")
async def case_6(websocket: WebSocket):
    await websocket.accept()
    token = await websocket.receive_text()
    if token != "x":
        await websocket.send_text("no")
        return  # here
    await websocket.send_text("yes")
    await websocket.close()


@app.websocket("/7")
async def case_7(websocket: WebSocket):
    await websocket.accept()
    data = await websocket.receive_json()
    if data["kind"] == "a":
        await websocket.send_text("a")
        await websocket.close()
    elif data["kind"] == "b":
        await websocket.send_text("b")  # here
    else:
        await websocket.close(4000)


@app.websocket("/8")
async def case_8(websocket: WebSocket):
    await websocket.accept()
    while True:
        message = await websocket.receive()
        if message["type"] == "websocket.disconnect":
            return
        if message.get("text") == "stop":
            return  # here


@app.websocket("/9")
async def case_9(websocket: WebSocket):
    await websocket.accept()
    try:
        async with asyncio.timeout(60):
            while True:
                await websocket.send_text(await websocket.receive_text())
    except TimeoutError:
        print("idle")  # here
    except WebSocketDisconnect:
        pass


@app.websocket("/10")
async def case_10(websocket: WebSocket):
    await websocket.accept()
    try:
        data = await websocket.receive_json()
    except json.JSONDecodeError:
        await websocket.send_text("bad json")
        return  # here
    await websocket.send_json(data)
    await websocket.close()


@app.websocket("/11")
async def case_11(websocket: WebSocket):
    await websocket.accept()
    n = 0
    while n < 5:  # here
        await websocket.send_text("x")
        n += 1


@app.websocket("/12")
async def case_12(websocket: WebSocket):
    await websocket.accept()
    try:
        for line in open("x"):
            await websocket.send_text(line)
    except WebSocketDisconnect:
        return
    except FileNotFoundError:
        await websocket.send_text("none")
    print("x")  # here


@app.websocket("/13")
async def case_13(websocket: WebSocket):
    await websocket.accept()
    queue = asyncio.Queue(5)
    while True:
        item = await queue.get()
        if item is None:
            break  # here
        await websocket.send_json(item)


@app.websocket("/14")
async def case_14(websocket: WebSocket):
    await websocket.accept()
    if websocket.headers.get("x"):
        await websocket.send_text("x")  # here
    else:
        await websocket.close()
    #  if/else, one branch closes


async def handle_15(ws: WebSocket):
    await ws.accept()
    await ws.send_text("x")


@app.websocket("/15")
async def case_15(websocket: WebSocket):
    await handle_15(websocket)  # here


def create_app_16():
    app = FastAPI()

    @app.websocket("/16")
    async def a(ws: WebSocket):
        await ws.accept()
        await ws.send_text("x")  # here

    return app


app = create_app_16()


@app.websocket("/17")
async def case_17(ws: WebSocket):
    await ws.accept()
    gen = iter(range(3))
    while True:
        try:
            item = next(gen)
        except StopIteration:
            break  # here
        await ws.send_text(str(item))


@app.websocket("/18")
async def case_18(ws: WebSocket):
    await ws.accept()
    try:
        await ws.send_text("x")
    except WebSocketDisconnect:
        print("gone")
    else:
        print("sent")  # here


@app.websocket("/19")
async def case_19(ws: WebSocket):
    await ws.accept()
    try:
        await ws.send_text("x")  # here
    finally:
        print("sent")


@app.websocket("/20")
async def case_20(ws: WebSocket, token: str = ""):
    await ws.accept()
    try:
        while True:
            data = await ws.receive_json()
            await ws.send_json(data)
    except WebSocketDisconnect:
        pass
    except json.JSONDecodeError:
        await ws.send_json({"error": "json"})  # here


async def words_21(text):
    for word in text.split():
        yield word


@app.websocket("/21")
async def case_21(ws: WebSocket):
    await ws.accept()
    async for word in words_21("one two"):
        await ws.send_text(word)
    await ws.send_text("that was all")  # here


@app.websocket("/22")
async def case_22(ws: WebSocket):
    await ws.accept()
    with suppress(Exception):
        await ws.send_text("x")  # here


async def load_23(name):
    return open(name).read()


@app.websocket("/23")
async def case_23(ws: WebSocket, name: str):
    await ws.accept()
    try:
        text = await load_23(name)
    except Exception:
        await ws.send_text("there is no such file")
        return  # here
    await ws.send_text(text)
    await ws.close()
