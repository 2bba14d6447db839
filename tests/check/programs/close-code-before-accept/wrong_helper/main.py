from fastapi import FastAPI, WebSocket

from auth import authenticate

app = FastAPI()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    user = await authenticate(websocket)
    if user is None:
        return
    await websocket.accept()
    await websocket.send_text(user)
    await websocket.close()
