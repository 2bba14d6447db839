import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()
ANSWERS: dict[str, asyncio.Future] = {}


@app.websocket("/answer/{name}")
async def answer(ws: WebSocket, name: str):
    await ws.accept()
    future = asyncio.get_running_loop().create_future()
    ANSWERS[name] = future
    try:
        await ws.send_json(await future)  # here
    finally:
        del ANSWERS[name]
    await ws.close()
