import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()
OPEN: dict[str, WebSocket] = {}


class Upstream:
    async def close(self, code: int = 1000, reason: str = "") -> None:
        await asyncio.sleep(0)


@app.websocket("/ws/{name}")
async def endpoint(websocket: WebSocket, name: str):
    upstream = Upstream()
    await upstream.close(code=1001)
    old = OPEN.pop(name, None)
    if old is not None:
        await old.close(code=4409, reason="you came again")
    await websocket.accept()
    OPEN[name] = websocket
    try:
        async for text in websocket.iter_text():
            await websocket.send_text(text)
    finally:
        if OPEN.get(name) is websocket:
            del OPEN[name]
