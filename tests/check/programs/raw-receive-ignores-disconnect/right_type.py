from fastapi import FastAPI, WebSocket

app = FastAPI()
LEFT: list[str] = []


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    while True:
        message = await websocket.receive()
        if message["type"] == "websocket.disconnect":
            LEFT.append("client")
            break
        if message.get("text") is not None:
            await websocket.send_text(message["text"])
