from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.get("/alive")
async def alive():
    return True


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    while True:
        try:
            data = await websocket.receive_json()
            await websocket.send_json(data)
        except Exception:  # here
            continue
