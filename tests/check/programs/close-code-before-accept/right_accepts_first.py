from fastapi import FastAPI, WebSocket, status

app = FastAPI()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket, token: str = ""):
    await websocket.accept()
    if token != "s3cret":
        await websocket.close(code=4401, reason="who are you?")
        return
    await websocket.send_text("welcome")
    await websocket.close(status.WS_1000_NORMAL_CLOSURE)


@app.websocket("/branch")
async def branch(websocket: WebSocket, token: str = ""):
    if token == "s3cret":
        await websocket.accept()
        await websocket.send_text("welcome")
    else:
        await websocket.accept()
    await websocket.close(code=4000)
