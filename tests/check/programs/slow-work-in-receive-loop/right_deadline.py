import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

try:
    from litellm import acompletion
except ImportError:
    acompletion = None

app = FastAPI()
PATIENCE = 3


async def ask(prompt: str) -> str:
    answer = await acompletion(model="small", messages=[{"role": "user", "content": prompt}])
    return answer.choices[0].message.content


async def suggestion(prompt: str) -> str | None:
    try:
        async with asyncio.timeout(PATIENCE):
            return await ask(prompt)
    except TimeoutError:
        return None


@app.websocket("/suggestions")
async def suggestions(websocket: WebSocket):
    await websocket.accept()
    try:
        while True:
            prompt = await websocket.receive_text()
            await websocket.send_json(await suggestion(prompt))
            await websocket.send_json(await asyncio.wait_for(ask(prompt), PATIENCE))
            task = asyncio.create_task(ask(prompt))
            await asyncio.wait({task}, timeout=PATIENCE)
            if task.done():
                await websocket.send_json(await task)
    except (WebSocketDisconnect, TimeoutError):
        pass
