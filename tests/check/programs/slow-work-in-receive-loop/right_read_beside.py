import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


class Llm:
    async def ainvoke(self, prompt):
        await asyncio.sleep(60)
        return prompt


llm = Llm()


@app.websocket("/chat")
async def chat(websocket: WebSocket):
    await websocket.accept()

    async def until_cancelled(stop: asyncio.Event):
        try:
            while await websocket.receive_text() != "cancel":
                pass
        except WebSocketDisconnect:
            pass
        stop.set()

    try:
        while True:
            prompt = await websocket.receive_text()
            stop = asyncio.Event()
            listener = asyncio.create_task(until_cancelled(stop))
            await websocket.send_text(await llm.ainvoke(prompt))
            listener.cancel()
    except WebSocketDisconnect:
        pass


class Workflow:
    async def arun(self, message, background=False):
        return message


workflow = Workflow()


@app.websocket("/runs")
async def runs(websocket: WebSocket):
    await websocket.accept()
    try:
        async for message in websocket.iter_text():
            await workflow.arun(message, background=True)
    except WebSocketDisconnect:
        pass
