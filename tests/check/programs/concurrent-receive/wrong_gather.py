import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()
GOT: dict[str, list[str]] = {"a": [], "b": []}


async def read(websocket: WebSocket, name: str) -> None:
    async for text in websocket.iter_text():
        GOT[name].append(text)


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    await asyncio.gather(read(websocket, "a"), read(websocket, "b"))  # here
