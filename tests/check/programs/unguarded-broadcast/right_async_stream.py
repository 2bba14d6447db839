"""What comes from a generator are messages, for one client."""

from fastapi import FastAPI, WebSocket

app = FastAPI()


async def answer(question: str):
    for word in question.split():
        yield word


@app.websocket("/ask")
async def ask(client: WebSocket):
    await client.accept()
    async for question in client.iter_text():
        async for word in answer(question):
            await client.send_text(word)
