import asyncio

from fastapi import Depends, FastAPI, WebSocket

app = FastAPI()


async def send(ws: WebSocket, text: str) -> None:
    await ws.send_text(text)


async def messages(ws: WebSocket):
    async for text in ws.iter_text():
        yield text


class Outbox:
    def __init__(self, ws: WebSocket):
        self.ws = ws
        self.queue: asyncio.Queue[str] = asyncio.Queue(10)

    def send(self, text: str) -> None:
        self.queue.put_nowait(text)

    async def flush(self) -> None:
        while not self.queue.empty():
            await send(self.ws, self.queue.get_nowait())


def outbox(websocket: WebSocket) -> Outbox:
    return Outbox(websocket)


@app.websocket("/ws")
async def endpoint(websocket: WebSocket, box: Outbox = Depends(outbox)):
    def send(text: str) -> None:
        box.send(text)

    await websocket.accept()
    send("welcome")
    async for text in messages(websocket):
        box.send(text)
        send("got it")
        await box.flush()


def main() -> None:
    async def check() -> None:
        await asyncio.sleep(0)

    asyncio.run(check())
