import asyncio
import queue
import threading
import time

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


class Camera:
    def __init__(self, loop, outbox):
        self.loop = loop
        self.outbox = outbox
        self.stopped = threading.Event()
        self.frames = queue.Queue()

    def run(self):
        while not self.stopped.is_set():
            time.sleep(0.05)
            self.loop.call_soon_threadsafe(self.outbox.put_nowait, b"frame")

    def start(self):
        threading.Thread(target=self.run, daemon=True).start()


@app.websocket("/camera")
async def camera(websocket: WebSocket):
    await websocket.accept()
    outbox = asyncio.Queue(maxsize=1000)
    source = Camera(asyncio.get_running_loop(), outbox)
    source.start()

    async def forward():
        while True:
            await websocket.send_bytes(await outbox.get())

    sender = asyncio.create_task(forward())
    try:
        while True:
            await websocket.receive_text()
    except WebSocketDisconnect:
        pass
    finally:
        sender.cancel()
        source.stopped.set()
