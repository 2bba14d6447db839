import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    me = asyncio.current_task()

    async def read():
        async for text in websocket.iter_text():
            await websocket.send_text(text)
        me.cancel()

    reader = asyncio.create_task(read())
    try:
        while True:
            await asyncio.sleep(60)
    finally:
        reader.cancel()
