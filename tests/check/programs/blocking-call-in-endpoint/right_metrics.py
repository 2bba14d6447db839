import asyncio

try:
    import psutil
except ImportError:
    psutil = None
from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


def snapshot():
    return {"cpu": psutil.cpu_percent(), "load": psutil.cpu_percent(interval=None)}


@app.websocket("/metrics")
async def metrics(websocket: WebSocket):
    await websocket.accept()

    async def push():
        while True:
            await websocket.send_json(snapshot())
            await asyncio.sleep(1)

    sender = asyncio.create_task(push())
    try:
        async for _ in websocket.iter_text():
            pass
    except WebSocketDisconnect:
        pass
    finally:
        sender.cancel()
