import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()
condition = asyncio.Condition()
news: list[str] = []


@app.websocket("/news")
async def endpoint(client: WebSocket):
    await client.accept()
    seen = 0
    while True:
        async with condition:
            await condition.wait()  # here
        for text in news[seen:]:
            await client.send_text(text)
        seen = len(news)
