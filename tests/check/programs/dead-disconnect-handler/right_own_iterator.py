"""An iterator of one's own lets it through."""

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


class Lines:
    def __init__(self, websocket: WebSocket) -> None:
        self.websocket = websocket

    async def iter_text(self):
        while True:
            yield await self.websocket.receive_text()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    lines = Lines(websocket)
    try:
        async for text in lines.iter_text():
            print(text)
    except WebSocketDisconnect:
        print("left")
