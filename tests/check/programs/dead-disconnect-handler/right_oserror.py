"""What is done with the messages may raise the other exception of the handler."""

import os
from pathlib import Path

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


@app.websocket("/write")
async def write(ws: WebSocket):
    await ws.accept()
    with open(os.devnull, "wb") as file:
        try:
            async for part in ws.iter_bytes():
                file.write(part)
        except (WebSocketDisconnect, OSError):
            print("not all is written")


@app.websocket("/open")
async def each(ws: WebSocket):
    await ws.accept()
    try:
        async for name in ws.iter_text():
            Path(name).unlink()
    except (OSError, WebSocketDisconnect):
        print("ended")


@app.websocket("/number")
async def number(ws: WebSocket):
    await ws.accept()
    try:
        async for text in ws.iter_text():
            print(int(text))
    except (ValueError, WebSocketDisconnect):
        print("ended")
