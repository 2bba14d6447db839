from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket, token: str = ""):
    await websocket.accept()
    if token != "s3cret":
        await websocket.send_text("wrong token")
        await websocket.close(code=1008)
    await websocket.send_text("welcome")  # here
    await websocket.close()
