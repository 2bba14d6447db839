import asyncio
import json

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
tasks = set()


async def handle(websocket: WebSocket, text: str):
    await websocket.send_json(json.loads(text))


@app.websocket("/number")
async def number(websocket: WebSocket):
    await websocket.accept()
    try:
        while True:
            text = await websocket.receive_text()
            if not text.isdigit():
                await websocket.send_text("not a number")
                continue
            await websocket.send_text(str(int(text) * 2))
    except WebSocketDisconnect:
        pass


@app.websocket("/task")
async def in_a_task(websocket: WebSocket):
    await websocket.accept()
    try:
        while True:
            text = await websocket.receive_text()
            task = asyncio.create_task(handle(websocket, text))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
    except WebSocketDisconnect:
        pass


@app.websocket("/match")
async def matched(websocket: WebSocket):
    await websocket.accept()
    try:
        while True:
            try:
                message = json.loads(await websocket.receive_text())
            except ValueError:
                continue
            match message:
                case {"kind": "ping"}:
                    await websocket.send_text(str(message["kind"]))
                case _:
                    await websocket.send_text("?")
    except WebSocketDisconnect:
        pass
