import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()
waiting: list[WebSocket] = []


async def relay(source: WebSocket, target: WebSocket) -> None:
    async for text in source.iter_text():
        await target.send_text(text)


@app.websocket("/pair")
async def pair(websocket: WebSocket):
    await websocket.accept()
    if not waiting:
        waiting.append(websocket)
        await asyncio.sleep(10)
        return
    other = waiting.pop()
    await asyncio.gather(relay(websocket, other), relay(other, websocket))
