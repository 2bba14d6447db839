import asyncio

from fastapi import FastAPI, WebSocket
from starlette.websockets import WebSocketState

app = FastAPI()


@app.websocket("/candles")
async def candles(websocket: WebSocket):
    await websocket.accept()
    while True:
        try:
            if websocket.application_state == WebSocketState.CONNECTED:
                await websocket.send_json(app.state.candles)
            else:
                break
        except Exception as error:
            print(error)
        await asyncio.sleep(1)
