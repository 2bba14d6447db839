"""Each connection's timer tells its own client only."""
import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


async def ticks(ws: WebSocket):
    while True:
        await ws.send_text("tick")
        await asyncio.sleep(0.05)


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
