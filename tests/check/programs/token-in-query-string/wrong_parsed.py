from urllib.parse import parse_qs

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


@app.websocket("/ws")
async def account(websocket: WebSocket):
    query = parse_qs(websocket.url.query)
    token = query["token"][0]  # here
    await websocket.accept()
    try:
        while True:
            await websocket.send_text(token[:2] + await websocket.receive_text())
    except WebSocketDisconnect:
        pass
