import anyio
from fastapi import FastAPI, WebSocket

app = FastAPI()


async def send_ticks(websocket: WebSocket) -> None:
    while True:
        await websocket.send_text("tick")
        await anyio.sleep(1)


async def read(websocket: WebSocket, scope: anyio.CancelScope) -> None:
    async for _ in websocket.iter_text():
        pass
    scope.cancel()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    async with anyio.create_task_group() as group:
        group.start_soon(send_ticks, websocket)
        group.start_soon(read, websocket, group.cancel_scope)
