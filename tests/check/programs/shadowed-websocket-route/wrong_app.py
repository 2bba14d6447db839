from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/ws/{session_id}")
async def session(websocket: WebSocket, session_id: str):
    await websocket.accept()
    await websocket.send_text(f"session {session_id}")
    await websocket.close()


@app.websocket("/ws/special")  # here
async def special(websocket: WebSocket):
    await websocket.accept()
    await websocket.send_text("special")
    await websocket.close()


@app.websocket("/files/{path:path}")
async def files(websocket: WebSocket, path: str):
    await websocket.accept()
    await websocket.close()


@app.websocket("/files/{folder}/{name}")  # here
async def one_file(websocket: WebSocket, folder: str, name: str):
    await websocket.accept()
    await websocket.close()
