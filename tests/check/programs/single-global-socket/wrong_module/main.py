import shared
from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket) -> None:
    await websocket.accept()
    shared.socket = websocket  # here
    async for text in websocket.iter_text():
        await websocket.send_text(text)


@app.post("/notify")
async def notify(text: str) -> None:
    if shared.socket:
        await shared.socket.send_text(text)
