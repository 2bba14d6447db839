"""Who gets the socket may read from it."""

import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()


def start_reader(websocket):
    import somewhere

    return somewhere.start(websocket)


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    reader = start_reader(websocket)
    try:
        while True:
            await websocket.send_text("tick")
            await asyncio.sleep(1)
    finally:
        reader.cancel()
