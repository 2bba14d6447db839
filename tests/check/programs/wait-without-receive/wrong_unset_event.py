import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()
clients: set[WebSocket] = set()


@app.websocket("/ws")
async def endpoint(ws: WebSocket):
    await ws.accept()
    gone = asyncio.Event()
    clients.add(ws)
    await gone.wait()  # here
    clients.discard(ws)
