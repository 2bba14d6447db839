from typing import Annotated

from fastapi import Depends, FastAPI, WebSocket

app = FastAPI()


async def accepted(websocket: WebSocket) -> WebSocket:
    await websocket.accept()
    return websocket


async def counted(websocket: WebSocket):
    await websocket.accept()
    yield 1


@app.websocket("/ws")
async def endpoint(websocket: Annotated[WebSocket, Depends(accepted)]):
    await websocket.send_text("welcome")
    async for text in websocket.iter_text():
        await websocket.send_text(text)


@app.websocket("/counted")
async def second(websocket: WebSocket, number: int = Depends(counted)):
    await websocket.send_text(f"welcome, {number}")
    await websocket.close()
