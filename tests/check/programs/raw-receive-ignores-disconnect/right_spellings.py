from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from starlette.websockets import WebSocketState

DISCONNECT = "websocket.disconnect"
app = FastAPI()


@app.websocket("/get")
async def with_get(ws: WebSocket):
    await ws.accept()
    while True:
        message = await ws.receive()
        if message.get("type") == "websocket.disconnect":
            raise WebSocketDisconnect(message.get("code", 1000))
        print(message)


@app.websocket("/match")
async def with_match(ws: WebSocket):
    await ws.accept()
    while True:
        match await ws.receive():
            case {"type": "websocket.disconnect"}:
                return
            case {"text": text}:
                await ws.send_text(text)


@app.websocket("/endswith")
async def with_endswith(ws: WebSocket):
    await ws.accept()
    while True:
        message = await ws.receive()
        if message["type"].endswith("disconnect"):
            return


@app.websocket("/constant")
async def with_constant(ws: WebSocket):
    await ws.accept()
    while True:
        message = await ws.receive()
        kind = message["type"]
        if kind == DISCONNECT:
            return


@app.websocket("/other")
async def other_type(ws: WebSocket):
    await ws.accept()
    while True:
        message = await ws.receive()
        if message["type"] != "websocket.receive":
            break
        print(message)


@app.websocket("/else")
async def with_else(ws: WebSocket):
    await ws.accept()
    while True:
        message = await ws.receive()
        if message["type"] == "websocket.receive":
            print(message)
        else:
            return


@app.websocket("/neither")
async def neither(ws: WebSocket):
    await ws.accept()
    while True:
        message = await ws.receive()
        text = message.get("text")
        if text is None:
            break
        await ws.send_text(text)


@app.websocket("/state")
async def with_state(ws: WebSocket):
    await ws.accept()
    while ws.client_state == WebSocketState.CONNECTED:
        message = await ws.receive()
        if "text" in message:
            print(message["text"])
