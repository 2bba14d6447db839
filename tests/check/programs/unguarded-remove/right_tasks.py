import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()


class Job:
    def __init__(self, name: str) -> None:
        self.name = name
        self.results: asyncio.Queue[str] = asyncio.Queue(10)


class Jobs:
    def __init__(self) -> None:
        self.running: list[Job] = []

    def start(self, name: str) -> Job:
        job = Job(name)
        self.running.append(job)
        return job

    def stop(self, job: Job) -> None:
        self.running.remove(job)


jobs = Jobs()


@app.websocket("/ws")
async def endpoint(ws: WebSocket) -> None:
    await ws.accept()
    async for text in ws.iter_text():
        job = jobs.start(text)
        await ws.send_text(job.name)
        jobs.stop(job)
