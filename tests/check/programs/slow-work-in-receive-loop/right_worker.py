import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


class Agent:
    async def run(self, prompt):
        await asyncio.sleep(30)
        return prompt


agent = Agent()


async def work(websocket: WebSocket, jobs: asyncio.Queue):
    while True:
        prompt = await jobs.get()
        await websocket.send_text(await agent.run(prompt))


@app.websocket("/jobs")
async def run_jobs(websocket: WebSocket):
    await websocket.accept()
    jobs = asyncio.Queue(maxsize=10)
    worker = asyncio.create_task(work(websocket, jobs))
    try:
        while True:
            await jobs.put(await websocket.receive_text())
    except WebSocketDisconnect:
        pass
    finally:
        worker.cancel()
