import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()


async def send_safely(websocket: WebSocket, text: str) -> bool:
    try:
        await websocket.send_text(text)
    except Exception:
        return False
    return True


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    while await send_safely(websocket, "tick"):
        await asyncio.sleep(0.01)


@app.websocket("/if")
async def with_if(websocket: WebSocket):
    await websocket.accept()
    while True:
        if not await send_safely(websocket, "tick"):
            break
        await asyncio.sleep(0.01)
