import asyncio

from fastapi import FastAPI, WebSocket

from session import Session

app = FastAPI()


@app.websocket("/ws")
async def endpoint(client: WebSocket):
    await client.accept()
    session = Session(client)
    tasks = [
        asyncio.create_task(session.read_commands()),
        asyncio.create_task(session.wait_for_end()),  # here
    ]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
