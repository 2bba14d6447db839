"""Only errors of the value that is sent are swallowed."""

import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    while True:
        try:
            await websocket.send_json({"x": object()})
        except TypeError:
            print("not serializable")
        except WebSocketDisconnect:
            return
        await asyncio.sleep(0.01)
