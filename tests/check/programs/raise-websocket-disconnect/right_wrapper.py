import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


class Buffered:
    """Has the methods of a WebSocket, and raises what a WebSocket raises."""

    def __init__(self, websocket: WebSocket) -> None:
        self.websocket = websocket
        self.queue: asyncio.Queue[str | None] = asyncio.Queue(10)

    async def receive_text(self) -> str:
        text = await self.queue.get()
        if text is None:
            raise WebSocketDisconnect(1000)
        return text

    async def read(self) -> None:
        async for text in self.websocket.iter_text():
            await self.queue.put(text)
        await self.queue.put(None)


class FakeWebSocket:
    """Stands for a client in tests."""

    def __init__(self, texts: list[str]) -> None:
        self.texts = texts

    async def accept(self) -> None: ...

    async def send_text(self, data: str) -> None:
        if not self.texts:
            raise WebSocketDisconnect(code=1006)

    async def receive_json(self) -> dict:
        raise WebSocketDisconnect(code=1000)


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    buffered = Buffered(websocket)
    reading = asyncio.create_task(buffered.read())
    try:
        while True:
            await websocket.send_text(await buffered.receive_text())
    except WebSocketDisconnect:
        pass
    finally:
        reading.cancel()
