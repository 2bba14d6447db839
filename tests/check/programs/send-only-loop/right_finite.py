import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()
JOBS: dict[str, int] = {}


async def read_lines(path: str):
    for line in ("a", "b"):
        yield line


@app.websocket("/countdown")
async def countdown(websocket: WebSocket):
    await websocket.accept()
    for number in range(10, 0, -1):
        await websocket.send_text(str(number))
        await asyncio.sleep(1)
    await websocket.close()


@app.websocket("/lines")
async def lines(websocket: WebSocket):
    await websocket.accept()
    async for line in read_lines("log.txt"):
        await websocket.send_text(line)
    await websocket.close()


@app.websocket("/jobs/{job}")
async def progress(websocket: WebSocket, job: str):
    await websocket.accept()
    while True:
        done = JOBS.get(job, 100)
        await websocket.send_json({"done": done})
        if done >= 100:
            break
        await asyncio.sleep(1)
    await websocket.close()


@app.websocket("/percent/{job}")
async def percent(websocket: WebSocket, job: str):
    await websocket.accept()
    while JOBS.get(job, 100) < 100:
        await websocket.send_json({"done": JOBS[job]})
        await asyncio.sleep(1)
    await websocket.close()
