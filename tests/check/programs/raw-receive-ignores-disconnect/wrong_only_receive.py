"""Only the other type is looked for."""

from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    while True:
        message = await websocket.receive()  # here
        if message["type"] == "websocket.receive":
            await websocket.send_text(message.get("text") or "")
