import asyncio
from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


@app.websocket("/ws/{name}")
async def endpoint(ws: WebSocket, name: str):
    await ws.accept()

    async def beat():
        while True:
            await asyncio.sleep(5)
            await ws.send_text("beat")

    jobs = [asyncio.create_task(beat()) for _ in range(1)]  # here
    try:
        while True:
            await ws.send_text(f"{len(jobs)} {await ws.receive_text()}")
    except WebSocketDisconnect:
        pass
