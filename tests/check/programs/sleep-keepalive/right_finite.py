"""The loop waits for a job, not for the client."""

import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()


class Job:
    def __init__(self) -> None:
        self.done = False
        self.result = "x"


JOBS: dict[str, Job] = {}


@app.websocket("/job/{name}")
async def job_result(websocket: WebSocket, name: str):
    await websocket.accept()
    job = JOBS[name]
    while not job.done:
        await asyncio.sleep(0.5)
    await websocket.send_text(job.result)
    await websocket.close()


@app.websocket("/until/{name}")
async def until_done(websocket: WebSocket, name: str):
    await websocket.accept()
    while True:
        if JOBS[name].done:
            break
        await asyncio.sleep(0.5)
    await websocket.send_text(JOBS[name].result)
    await websocket.close()
