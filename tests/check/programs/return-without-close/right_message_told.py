from enum import StrEnum

from fastapi import FastAPI, WebSocket

app = FastAPI()
GONE = "websocket.disconnect"


class Kind(StrEnum):
    GONE = "websocket.disconnect"
    DATA = "websocket.receive"


def is_going_on(message):
    return message["type"] != "websocket.disconnect"


def text_of(message):
    return message.get("text")


@app.websocket("/constant")
async def by_constant(websocket: WebSocket):
    await websocket.accept()
    while True:
        message = await websocket.receive()
        if message["type"] == GONE:
            break
        await websocket.send_text("yes")


@app.websocket("/head")
async def in_the_head(websocket: WebSocket):
    await websocket.accept()
    while (message := await websocket.receive())["type"] != GONE:
        if message.get("text"):
            await websocket.send_text(message["text"])


@app.websocket("/enum")
async def by_enum(websocket: WebSocket):
    await websocket.accept()
    while True:
        message = await websocket.receive()
        if message["type"] == Kind.GONE:
            return
        await websocket.send_text("yes")


@app.websocket("/helper")
async def by_helper(websocket: WebSocket):
    await websocket.accept()
    while True:
        message = await websocket.receive()
        if not is_going_on(message):
            return
        await websocket.send_text("yes")


@app.websocket("/while")
async def by_while(websocket: WebSocket):
    await websocket.accept()
    while is_going_on(await websocket.receive()):
        await websocket.send_text("yes")


@app.websocket("/result")
async def by_result(websocket: WebSocket):
    await websocket.accept()
    while True:
        message = await websocket.receive()
        text = text_of(message)
        if text is None:
            break
        await websocket.send_text(text)


@app.websocket("/among")
async def by_one_of_several(websocket: WebSocket):
    await websocket.accept()
    while True:
        message = await websocket.receive()
        if message["type"] in ("websocket.disconnect", "websocket.close"):
            return
        await websocket.send_text("yes")
