"""The helper receives; the loop swallows what it raises."""

import json

from fastapi import FastAPI, WebSocket

app = FastAPI()


async def next_message(ws: WebSocket) -> dict:
    return json.loads(await ws.receive_text())


@app.websocket("/ws")
async def endpoint(ws: WebSocket):
    await ws.accept()
    while True:
        try:
            message = await next_message(ws)
        except Exception:  # here
            print("not a message")
            continue
        await ws.send_json(message)
