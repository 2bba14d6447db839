from fastapi import FastAPI, HTTPException, WebSocket

app = FastAPI()
ROOMS = {"lobby": []}


@app.websocket("/ws/{room}")
async def endpoint(websocket: WebSocket, room: str):
    await websocket.accept()
    if room not in ROOMS:
        raise HTTPException(status_code=404, detail="no such room")  # here
    async for text in websocket.iter_text():
        await websocket.send_text(text)
