import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

try:
    from arq import create_pool
except ImportError:
    create_pool = None

app = FastAPI()


class LLMQueue:
    def __init__(self) -> None:
        self.redis = None

    async def generate(self, prompt: str) -> str:
        job = await self.redis.enqueue_job("generate", prompt)
        return job.job_id


llm = LLMQueue()


@app.websocket("/prompts")
async def prompts(websocket: WebSocket):
    await websocket.accept()
    llm.redis = llm.redis or await create_pool()
    try:
        async for prompt in websocket.iter_text():
            await websocket.send_json({"job": await llm.generate(prompt)})
    except WebSocketDisconnect:
        pass


class Assistant:
    def __init__(self, websocket: WebSocket) -> None:
        self.websocket = websocket
        self.task: asyncio.Task | None = None

    async def respond(self, prompt: str) -> None:
        await self.interrupt()
        self.task = asyncio.create_task(self.websocket.send_text(await llm.generate(prompt)))

    async def interrupt(self) -> None:
        if self.task is not None:
            self.task.cancel()
            try:
                await self.task
            except asyncio.CancelledError:
                pass


@app.websocket("/assistant")
async def talk(websocket: WebSocket):
    await websocket.accept()
    assistant = Assistant(websocket)
    try:
        while True:
            await assistant.respond(await websocket.receive_text())
    except WebSocketDisconnect:
        await assistant.interrupt()
