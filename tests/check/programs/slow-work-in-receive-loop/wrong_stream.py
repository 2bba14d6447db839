import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


class Llm:
    async def astream(self, prompt):
        for word in prompt.split():
            await asyncio.sleep(1)
            yield word


llm = Llm()


@app.websocket("/tokens")
async def tokens(client: WebSocket):
    await client.accept()
    try:
        while True:
            prompt = await client.receive_text()
            async for token in llm.astream(prompt):  # here
                await client.send_text(token)
    except WebSocketDisconnect:
        pass
