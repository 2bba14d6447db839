"""The handler's own send fails on Uvicorn alone."""

import json

from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.get("/alive")
async def alive():
    return True


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    while True:
        try:
            message = json.loads(await websocket.receive_text())
            await websocket.send_json({"result": message["a"] + message["b"]})
        except Exception as error:  # here
            await websocket.send_json({"error": str(error)})
