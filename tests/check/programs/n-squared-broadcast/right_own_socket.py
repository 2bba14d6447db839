"""Each connection's timer tells its own client only."""

import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


async def ticks(ws: WebSocket):
    number = 0
    while True:
        number += 1
        await ws.send_text(f"tick {number}")
        await asyncio.sleep(0.02)


@app.websocket("/ws")
async def endpoint(ws: WebSocket):
    await ws.accept()
    task = asyncio.create_task(ticks(ws))
    try:
        while True:
            await ws.receive_text()
    except WebSocketDisconnect:
        pass
    finally:
        task.cancel()
