from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


@app.websocket("/ws")
async def login(websocket: WebSocket):
    state = websocket.cookies.get("oauth_state")
    await websocket.accept()
    try:
        while True:
            await websocket.send_json({"same": await websocket.receive_text() == state})
    except WebSocketDisconnect:
        pass
