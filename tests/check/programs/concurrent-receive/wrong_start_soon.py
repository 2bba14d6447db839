import anyio
from fastapi import FastAPI, WebSocket

app = FastAPI()


async def commands(ws: WebSocket) -> None:
    async for text in ws.iter_text():
        await ws.send_text(text)


async def watch(ws: WebSocket) -> None:
    while (await ws.receive())["type"] != "websocket.disconnect":
        pass


@app.websocket("/ws")
async def endpoint(ws: WebSocket):
    await ws.accept()
    async with anyio.create_task_group() as group:
        group.start_soon(commands, ws)
        group.start_soon(watch, ws)  # here
