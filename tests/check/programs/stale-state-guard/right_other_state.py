"""What has a state of the same name is no WebSocket."""

import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()


class Broker:
    client_state = "connected"


broker = Broker()


@app.websocket("/ws")
async def endpoint(ws: WebSocket):
    await ws.accept()
    while broker.client_state == "connected":
        await asyncio.sleep(1)
    await ws.close()
