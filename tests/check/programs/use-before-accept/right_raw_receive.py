from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    first = await websocket.receive()
    assert first["type"] == "websocket.connect"
    await websocket.accept(headers=[(b"x-server", b"one")])
    await websocket.send_text("welcome")
    await websocket.close()
