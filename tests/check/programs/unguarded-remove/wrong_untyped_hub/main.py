from contextlib import asynccontextmanager
from fastapi import FastAPI, WebSocket
from hub import Hub

app = FastAPI()
hub = Hub()


@asynccontextmanager
async def subscribed(ws: WebSocket):
    await ws.accept()
    hub.subscribe(ws)
    try:
        yield
    finally:
        hub.unsubscribe(ws)


@app.websocket("/sub")
async def sub(ws: WebSocket):
    async with subscribed(ws):
        async for text in ws.iter_text():
            await hub.publish({"text": text})
