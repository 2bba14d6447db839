import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()


class Job:
    def __init__(self) -> None:
        self.running = False
        self.result = ""

    async def run(self) -> None:
        self.running = True
        await asyncio.sleep(0.1)
        self.result = "done"
        self.running = False

    async def wait(self) -> str:
        while self.running:
            await asyncio.sleep(0.05)
        return self.result


@app.websocket("/jobs")
async def work(websocket: WebSocket) -> None:
    """The loop ends when the job does; then the client is told."""
    await websocket.accept()
    job = Job()
    task = asyncio.create_task(job.run())
    await websocket.send_text(await job.wait())
    while job.running:
        await asyncio.sleep(0.05)
    await websocket.send_text(job.result)
    await task
    await websocket.close()
