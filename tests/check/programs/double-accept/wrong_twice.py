from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    name = await websocket.receive_text()
    await websocket.accept(subprotocol="chat")  # here
    await websocket.send_text(f"welcome, {name}")
    await websocket.close()
