import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()
news: asyncio.Queue = asyncio.Queue(maxsize=100)


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()

    async def reader():
        async for text in websocket.iter_text():
            print(text)

    async def writer():
        while True:
            await websocket.send_text(await news.get())

    tasks = [asyncio.create_task(reader()), asyncio.create_task(writer())]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
