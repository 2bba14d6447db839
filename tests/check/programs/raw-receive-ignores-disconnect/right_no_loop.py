from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/once")
async def once(websocket: WebSocket):
    await websocket.accept()
    message = await websocket.receive()
    await websocket.send_text(message.get("text") or "")
    await websocket.close()
