from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/raw")
async def raw(websocket: WebSocket):
    await websocket.accept()
    while True:
        message = await websocket.receive()
        if message["type"] == "websocket.disconnect":
            break
        await websocket.send_text(message.get("text") or "")
