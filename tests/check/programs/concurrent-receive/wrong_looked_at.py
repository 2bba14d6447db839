"""To ask a task whether it has ended does not end it."""

import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


@app.websocket("/ws")
async def endpoint(ws: WebSocket):
    await ws.accept()

    async def until_gone():
        while (await ws.receive())["type"] != "websocket.disconnect":
            pass

    gone = asyncio.create_task(until_gone())
    try:
        while not gone.done():
            text = await ws.receive_text()  # here
            await ws.send_text(text)
    except (WebSocketDisconnect, RuntimeError):
        pass
    finally:
        gone.cancel()
