from fastapi import FastAPI, WebSocket

from opening import open_politely

app = FastAPI()


@app.websocket("/ws/{name}")
async def endpoint(websocket: WebSocket, name: str):
    await open_politely(websocket, name)
    while (text := await websocket.receive_text()) != "stop":  # here
        await websocket.send_text(text)
