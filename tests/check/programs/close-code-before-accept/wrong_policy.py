from fastapi import FastAPI, WebSocket, status

app = FastAPI()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket, token: str = ""):
    if token != "s3cret":
        await websocket.close(code=status.WS_1008_POLICY_VIOLATION)  # here
        return
    await websocket.accept()
    await websocket.send_text("welcome")
    await websocket.close()
