import asyncio

from fastapi import BackgroundTasks, FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
tasks: set[asyncio.Task] = set()


class Manager:
    def __init__(self):
        self.peers: set[WebSocket] = set()

    async def connect(self, ws: WebSocket):
        await ws.accept()
        self.peers.add(ws)

    def disconnect(self, ws: WebSocket):
        self.peers.discard(ws)

    async def broadcast(self, text: str):
        await asyncio.gather(*(self.send(ws, text) for ws in self.peers))

    async def send(self, ws: WebSocket, text: str):
        await asyncio.wait_for(ws.send_text(text), 5)

    def later(self, text: str):
        return self.broadcast(text)


manager = Manager()


@app.post("/tell")
async def tell(text: str, background: BackgroundTasks):
    background.add_task(manager.broadcast, text)


@app.websocket("/ws")
async def endpoint(ws: WebSocket):
    await manager.connect(ws)
    try:
        while True:
            text = await ws.receive_text()
            task = asyncio.create_task(manager.broadcast(text))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
            await manager.later("again")
            coroutine = manager.broadcast("kept, and awaited later")
            await coroutine
    except WebSocketDisconnect:
        manager.disconnect(ws)
