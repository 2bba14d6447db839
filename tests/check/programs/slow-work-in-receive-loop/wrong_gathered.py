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


class Quiz:
    pause = 15

    def __init__(self, websocket: WebSocket) -> None:
        self.websocket = websocket
        self.score = 0

    async def question(self) -> None:
        await self.websocket.send_text("what is 6 times 7?")
        self.score += await self.websocket.receive_text() == "42"

    async def rest(self) -> None:
        await asyncio.sleep(self.pause)


@app.websocket("/quiz")
async def quiz(websocket: WebSocket):
    await websocket.accept()
    game = Quiz(websocket)
    try:
        while game.score < 10:
            await game.question()
            await game.rest()  # here
    except WebSocketDisconnect:
        return
    await websocket.close()
