import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

try:
    from litellm import acompletion
except ImportError:
    acompletion = None

app = FastAPI()
MODELS = ("small", "large")


async def one(model: str, prompt: str) -> str:
    answer = await acompletion(model=model, messages=[{"role": "user", "content": prompt}])
    return answer.choices[0].message.content


@app.websocket("/both")
async def both(websocket: WebSocket):
    await websocket.accept()
    try:
        while True:
            prompt = await websocket.receive_text()
            answers = await asyncio.gather(*(one(model, prompt) for model in MODELS))  # here
            await websocket.send_json(answers)
    except WebSocketDisconnect:
        pass


@app.websocket("/patient")
async def patient(websocket: WebSocket):
    await websocket.accept()
    try:
        async for prompt in websocket.iter_text():
            task = asyncio.create_task(one("large", prompt))
            await websocket.send_text("thinking")
            answer = await asyncio.wait_for(task, timeout=120)  # here
            await websocket.send_text(answer)
    except WebSocketDisconnect:
        pass
