import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()
tasks: set[asyncio.Task[None]] = set()


@app.websocket("/gathered")
async def gathered(ws: WebSocket):
    await ws.accept()
    try:
        await ws.send_text(await ws.receive_text())
    finally:
        await asyncio.gather(ws.close(), return_exceptions=True)


@app.websocket("/later")
async def later(ws: WebSocket):
    await ws.accept()
    try:
        await ws.send_text(await ws.receive_text())
    finally:
        task = asyncio.create_task(ws.close())
        tasks.add(task)
        task.add_done_callback(tasks.discard)
