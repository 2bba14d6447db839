from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
LEFT: list[str] = []


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    try:
        while True:
            message = await websocket.receive()  # here
            if "text" in message:
                await websocket.send_text(str(message["text"]))
            elif "bytes" in message:
                await websocket.send_bytes(message["bytes"])
    except WebSocketDisconnect:
        LEFT.append("client")
