import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()


async def binary(ws: WebSocket) -> None:
    async for chunk in ws.iter_bytes():
        await ws.send_bytes(chunk)


async def text(ws: WebSocket) -> None:
    async for line in ws.iter_text():
        await ws.send_text(line)


@app.websocket("/ws")
async def endpoint(ws: WebSocket, mode: str = "text"):
    await ws.accept()
    if mode == "binary":
        task = asyncio.create_task(binary(ws))
    else:
        task = asyncio.create_task(text(ws))
    await task
