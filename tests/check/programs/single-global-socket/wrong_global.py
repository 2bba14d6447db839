from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
current = None


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    global current
    await websocket.accept()
    current = websocket  # here
    try:
        while True:
            await websocket.send_text(await websocket.receive_text())
    except WebSocketDisconnect:
        current = None


@app.post("/notify")
async def notify(text: str):
    if current:
        await current.send_text(text)
