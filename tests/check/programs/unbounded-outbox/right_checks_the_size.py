"""No maxsize, but a bound: whoever puts looks at the size first."""

import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
LIMIT = 100


class Client:
    def __init__(self, ws: WebSocket) -> None:
        self.ws = ws
        self.queue: asyncio.Queue[str] = asyncio.Queue()

    def put(self, text: str) -> None:
        if self.queue.qsize() >= LIMIT:
            self.queue.get_nowait()
        self.queue.put_nowait(text)

    async def run(self) -> None:
        while True:
            await self.ws.send_text(await self.queue.get())


clients: set[Client] = set()


@app.websocket("/ws")
async def endpoint(ws: WebSocket):
    await ws.accept()
    client = Client(ws)
    clients.add(client)
    task = asyncio.create_task(client.run())
    try:
        while True:
            text = await ws.receive_text()
            for one in clients:
                one.put(text)
    except WebSocketDisconnect:
        pass
    finally:
        clients.discard(client)
        task.cancel()
