import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()


class Feed:
    def __init__(self) -> None:
        self.readers: list[asyncio.Queue[str]] = []

    def open(self) -> "asyncio.Queue[str]":
        queue: asyncio.Queue[str] = asyncio.Queue(100)
        self.readers.append(queue)
        return queue

    def publish(self, text: str) -> None:
        for reader in self.readers:
            reader.put_nowait(text)


feed = Feed()


@app.websocket("/feed")
async def endpoint(ws: WebSocket) -> None:
    await ws.accept()
    queue = feed.open()
    try:
        async for text in ws.iter_text():
            feed.publish(text)
            await ws.send_text(await queue.get())
    finally:
        feed.readers.remove(queue)
