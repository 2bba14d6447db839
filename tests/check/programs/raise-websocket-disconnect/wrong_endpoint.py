from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


@app.websocket("/ws/{token}")
async def endpoint(websocket: WebSocket, token: str):
    await websocket.accept()
    if token != "secret":
        raise WebSocketDisconnect(code=1008, reason="wrong token")  # here
    while True:
        text = await websocket.receive_text()
        if text == "bye":
            raise WebSocketDisconnect  # here
        if text == "error":
            raise WebSocketDisconnect("something is wrong")  # here
        await websocket.send_text(text)
