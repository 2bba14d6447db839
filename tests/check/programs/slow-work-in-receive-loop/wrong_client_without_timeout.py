import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

try:
    import httpx
except ImportError:
    httpx = None

app = FastAPI()
MINUTE = 60


class Reports:
    pause = MINUTE * 2

    def __init__(self):
        self.client = httpx.AsyncClient(timeout=None)

    async def fetch(self, name):
        answer = await self.client.get(f"http://reports.internal/{name}")
        return answer.text

    async def cool_down(self):
        await asyncio.sleep(self.pause)


@app.websocket("/reports")
async def reports(websocket: WebSocket):
    await websocket.accept()
    source = Reports()
    try:
        while True:
            name = await websocket.receive_text()
            await websocket.send_text(await source.fetch(name))  # here
    except WebSocketDisconnect:
        pass


@app.websocket("/cooling")
async def cooling(websocket: WebSocket):
    await websocket.accept()
    source = Reports()
    async for _ in websocket.iter_text():
        await source.cool_down()  # here
