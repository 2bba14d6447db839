import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


class Llm:
    async def ainvoke(self, prompt):
        await asyncio.sleep(60)
        return prompt.upper()


llm = Llm()


@app.websocket("/chat")
async def chat(websocket: WebSocket):
    await websocket.accept()

    async def answer(question):
        await websocket.send_text(await llm.ainvoke(question))

    work = set()
    try:
        while True:
            question = await websocket.receive_text()
            task = asyncio.create_task(answer(question))
            work.add(task)
            task.add_done_callback(work.discard)
    except WebSocketDisconnect:
        pass
    finally:
        for task in work:
            task.cancel()
