import json

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


class Drawing:
    def __init__(self, websocket: WebSocket) -> None:
        self.websocket = websocket
        self.lines = 0

    async def read(self) -> dict:
        return json.loads(await self.websocket.receive_text())  # here

    async def step(self) -> None:
        message = await self.read()
        self.lines += message["type"] == "line"


@app.websocket("/draw")
async def draw(websocket: WebSocket):
    await websocket.accept()
    drawing = Drawing(websocket)
    try:
        while True:
            await drawing.step()
    except WebSocketDisconnect:
        pass
