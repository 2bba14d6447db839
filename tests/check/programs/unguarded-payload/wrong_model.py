from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from pydantic import BaseModel

app = FastAPI()


class Say(BaseModel):
    room: str
    text: str


@app.websocket("/ws")
async def say(websocket: WebSocket):
    await websocket.accept()
    try:
        async for raw in websocket.iter_text():
            message = Say.model_validate_json(raw)  # here
            await websocket.send_text(message.text)
    except WebSocketDisconnect:
        pass
