"""Nothing but sends, for ever."""

import time

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


@app.websocket("/clock")
async def clock(client: WebSocket):
    await client.accept()
    try:
        while True:
            await client.send_json({"now": time.time()})  # here
    except WebSocketDisconnect:
        print("gone")
