import json

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


class Drawing:
    def __init__(self, websocket: WebSocket) -> None:
        self.websocket = websocket
        self.lines = 0

    async def read(self) -> dict | None:
        try:
            message = json.loads(await self.websocket.receive_text())
        except (ValueError, KeyError):
            return None
        return message if isinstance(message, dict) else None

    async def step(self) -> None:
        message = await self.read()
        if message is None:
            await self.websocket.send_json({"error": "a dict, please"})
            return
        self.lines += message.get("type") == "line"


@app.websocket("/draw")
async def draw(websocket: WebSocket):
    await websocket.accept()
    drawing = Drawing(websocket)
    try:
        while True:
            await drawing.step()
    except WebSocketDisconnect:
        pass
