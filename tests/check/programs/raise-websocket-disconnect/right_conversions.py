import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from starlette.websockets import WebSocketState

app = FastAPI()


async def read(websocket: WebSocket) -> str | bytes:
    message = await websocket.receive()
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message["code"])
    return message.get("text") or message["bytes"]


async def read_text(websocket: WebSocket) -> str:
    message = await websocket.receive()
    if message["type"] == "websocket.receive":
        return message["text"]
    raise WebSocketDisconnect(code=message.get("code", 1005), reason=message.get("reason"))


async def read_matching(websocket: WebSocket) -> str:
    match await websocket.receive():
        case {"type": "websocket.receive", "text": text}:
            return text
        case {"type": "websocket.disconnect"}:
            raise WebSocketDisconnect(1000)
    raise ValueError


async def send(websocket: WebSocket, text: str) -> None:
    if websocket.client_state != WebSocketState.CONNECTED:
        raise WebSocketDisconnect(1006)
    try:
        await asyncio.wait_for(websocket.send_text(text), 5)
    except RuntimeError as error:
        raise WebSocketDisconnect(1006) from error


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    try:
        while True:
            await read(websocket)
            await read_text(websocket)
            await send(websocket, await read_matching(websocket))
    except WebSocketDisconnect as gone:
        print("gone", gone.code)
        raise


@app.websocket("/again")
async def again(websocket: WebSocket):
    await websocket.accept()
    try:
        async for text in websocket.iter_text():
            await websocket.send_text(text)
    except WebSocketDisconnect as gone:
        if gone.code == 1011:
            raise gone
