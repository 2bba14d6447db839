from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from fastapi.middleware.cors import CORSMiddleware

app = FastAPI()
origins = ["https://app.example.com"]
app.add_middleware(CORSMiddleware, allow_origins=origins, allow_credentials=True)
SESSIONS = {"s3cret": "ada"}


@app.websocket("/ws")
async def account(websocket: WebSocket):
    user = SESSIONS.get(websocket.cookies.get("session_id"))  # here
    if user is None:
        await websocket.close()
        return
    await websocket.accept()
    try:
        while True:
            await websocket.send_text(f"{user}: {await websocket.receive_text()}")
    except WebSocketDisconnect:
        pass
