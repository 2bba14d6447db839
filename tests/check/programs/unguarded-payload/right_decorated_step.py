"""A decorator around each step catches and answers."""

import functools
import json
from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


def answering(step):
    @functools.wraps(step)
    async def inner(ws: WebSocket):
        try:
            await step(ws)
        except (ValueError, KeyError, TypeError, AttributeError) as bad:
            await ws.send_json({"error": type(bad).__name__})

    return inner


@answering
async def one(ws: WebSocket) -> None:
    data = json.loads(await ws.receive_text())
    await ws.send_json({"name": data["name"]})


@app.websocket("/steps")
async def steps(ws: WebSocket):
    await ws.accept()
    try:
        while True:
            await one(ws)
    except WebSocketDisconnect:
        pass
