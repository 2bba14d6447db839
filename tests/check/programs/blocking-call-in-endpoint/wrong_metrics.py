import asyncio

try:
    import psutil
except ImportError:
    psutil = None
from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


class ConnectionManager:
    def __init__(self):
        self.active: dict[int, WebSocket] = {}

    async def stream(self, websocket: WebSocket):
        while True:
            await websocket.send_json({"cpu": psutil.cpu_percent(interval=1)})  # here
            await asyncio.sleep(0.1)


manager = ConnectionManager()


async def until_gone(websocket: WebSocket):
    async for _ in websocket.iter_text():
        pass


@app.websocket("/metrics")
async def metrics(websocket: WebSocket):
    await websocket.accept()
    stream = asyncio.create_task(manager.stream(websocket))
    try:
        await until_gone(websocket)
    except WebSocketDisconnect:
        pass
    finally:
        stream.cancel()
