import asyncio
import json
from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()

PIPELINE: list[str] = []


def step(function):
    PIPELINE.append(function.__name__)
    return function


@step
def load(): ...


@step
def save(): ...


@app.websocket("/ws/{name}")
async def endpoint(ws: WebSocket, name: str):
    await ws.accept()
    for step in PIPELINE:
        await ws.send_text(step)

    try:
        while True:
            await ws.send_text(await ws.receive_text())
    except WebSocketDisconnect:
        pass
    finally:
        print(name)
