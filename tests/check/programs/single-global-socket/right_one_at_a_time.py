import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()


class Machine:
    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.operator: WebSocket | None = None


machine = Machine()


@app.websocket("/operate")
async def operate(websocket: WebSocket) -> None:
    await websocket.accept()
    async with machine.lock:
        machine.operator = websocket
        try:
            async for text in websocket.iter_text():
                await websocket.send_text(text)
        finally:
            machine.operator = None
