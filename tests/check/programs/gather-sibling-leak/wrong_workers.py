import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/jobs")
async def jobs(websocket: WebSocket):
    await websocket.accept()
    waiting: asyncio.Queue[dict] = asyncio.Queue(100)

    async def read():
        async for job in websocket.iter_json():
            waiting.put_nowait(job)

    async def work(number: int):
        while True:
            job = await waiting.get()
            await websocket.send_json({"worker": number, "done": job})

    await asyncio.gather(read(), *[asyncio.create_task(work(n)) for n in range(4)])  # here
