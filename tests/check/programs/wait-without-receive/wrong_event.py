import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()
changed = asyncio.Event()
state = {"value": 0}


@app.websocket("/state")
async def show_state(ws: WebSocket):
    await ws.accept()
    while True:
        await changed.wait()  # here
        await ws.send_json(state)
        changed.clear()
