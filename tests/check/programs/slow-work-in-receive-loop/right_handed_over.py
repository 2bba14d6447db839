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
