import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/ws")
async def ticker(websocket: WebSocket):
    await websocket.accept()
    while True:
        try:
            await websocket.send_text("tick")
        except Exception:
            break
        await asyncio.sleep(0.01)
