"""Small loops: literals, short ranges, the last few of a history."""

import sqlite3
from collections import deque

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
history: deque[str] = deque(maxlen=50)
STEPS = ("load", "train", "save")


@app.websocket("/ws")
async def endpoint(ws: WebSocket):
    await ws.accept()
    for line in history:
        await ws.send_text(line)
    for line in list(history)[-20:]:
        await ws.send_text(line)
    for number in range(3):
        await ws.send_json({"countdown": 3 - number})
    for greeting in ["hello", "welcome"]:
        await ws.send_text(greeting)
    for step in STEPS:
        await ws.send_text(step)
    for number, step in enumerate(STEPS):
        await ws.send_json({"number": number, "step": step})
    for line in sqlite3.connect(":memory:").execute("select 1 limit 10").fetchall():
        await ws.send_json(line)
    for line in "a few\nlines".splitlines():
        await ws.send_text(line)
    try:
        while True:
            text = await ws.receive_text()
            history.append(text)
            await ws.send_text(text)
    except WebSocketDisconnect:
        pass
