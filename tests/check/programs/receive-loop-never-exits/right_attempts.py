from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    token = ""
    for _ in range(3):
        try:
            token = (await websocket.receive_json())["token"]
        except Exception:
            continue
        break
    await websocket.send_text(token)
    await websocket.close()
