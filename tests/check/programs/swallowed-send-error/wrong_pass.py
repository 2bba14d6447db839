import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()
ERRORS: list[Exception] = []


@app.websocket("/ws")
async def ticker(websocket: WebSocket):
    await websocket.accept()
    while True:
        try:
            await websocket.send_text("tick")
        except Exception as error:  # here
            ERRORS.append(error)
        await asyncio.sleep(0.01)
