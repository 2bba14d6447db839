import asyncio
import functools

from fastapi import FastAPI, WebSocket

app = FastAPI()


def logged(function):
    @functools.wraps(function)
    async def endpoint(websocket: WebSocket):
        print("begins")
        await function(websocket)
        print("ends")

    return endpoint


@app.websocket("/ws")
@logged
async def ticker(websocket: WebSocket):
    await websocket.accept()
    while True:  # here
        await websocket.send_text("tick")
        await asyncio.sleep(1)
