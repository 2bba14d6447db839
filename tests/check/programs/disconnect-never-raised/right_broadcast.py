from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from holdfast import Connection, Holdfast

app = FastAPI()
hf = Holdfast(app)


class Manager:
    def __init__(self) -> None:
        self.plain: list[WebSocket] = []

    async def broadcast(self, text: str) -> None:
        for websocket in list(self.plain):
            await websocket.send_text(text)


manager = Manager()


@hf.websocket("/ws")
async def relay(conn: Connection[str]) -> None:
    async for text in conn:
        try:
            await manager.broadcast(text)
            await conn.send("sent")
        except WebSocketDisconnect:
            await conn.send("somebody is gone")
