import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()
jobs: dict[str, asyncio.Queue] = {}


class Desk:
    def __init__(self):
        self.guests: dict[str, WebSocket] = {}
        self.orders = asyncio.Queue()

    async def order(self, guest: str, text: str):
        await self.orders.put((guest, text))

    async def serve(self):
        while True:
            guest, text = await self.orders.get()
            websocket = self.guests[guest]
            await websocket.send_text(text)


desk = Desk()


@app.post("/jobs/{name}")
async def begin(name: str):
    jobs[name] = asyncio.Queue()


@app.post("/jobs/{name}/step")
async def step(name: str, text: str):
    await jobs[name].put(text)


@app.websocket("/jobs/{name}")
async def follow(websocket: WebSocket, name: str):
    await websocket.accept()
    events = jobs[name]
    while (event := await events.get()) != "done":
        await websocket.send_text(event)
    await websocket.close()
