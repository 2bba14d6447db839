import asyncio
import importlib

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
relay = importlib.import_module("types").SimpleNamespace(run=WebSocket.close)


async def reads(websocket: WebSocket):
    async for text in websocket.iter_text():
        print(text)


async def writes(websocket: WebSocket, queue: asyncio.Queue):
    while True:
        await websocket.send_text(await queue.get())


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    tasks = [
        asyncio.create_task(reads(websocket)),
        asyncio.create_task(writes(websocket, asyncio.Queue(8))),
    ]
    done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()


@app.websocket("/relay")
async def relayed(websocket: WebSocket):
    await websocket.accept()
    await relay.run(websocket)


@app.websocket("/helper")
async def through_helper(websocket: WebSocket):
    await websocket.accept()
    try:
        await reads(websocket)
    except WebSocketDisconnect:
        pass
