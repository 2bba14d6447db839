from typing import Annotated, Dict, List

from fastapi import APIRouter, Depends, FastAPI, WebSocket, WebSocketDisconnect

router = APIRouter()


class ConnectionManager:
    def __init__(self):
        self.active: List[WebSocket] = []
        self.rooms: Dict[str, set[WebSocket]] = {}

    async def connect(self, ws: WebSocket):
        await ws.accept()
        self.active.append(ws)

    async def broadcast(self, message: dict):
        for ws in list(self.active):
            ws.send_json(message)  # here

    async def announce(self, text: str):
        [ws.send_text(text) for ws in self.active]  # here
        newest = self.active[-1] if self.active else None
        newest and newest.send_text("you are the newest")  # here

    async def tell(self, room: str, message: str):
        for peer in self.rooms.get(room, set()):
            try:
                peer.send_text(message)  # here
            except RuntimeError:
                self.rooms[room].discard(peer)


manager = ConnectionManager()


def tagged(websocket: WebSocket) -> WebSocket:
    return websocket


@router.websocket("/ws/{room}")
async def endpoint(ws: Annotated[WebSocket, Depends(tagged)], room: str):
    await manager.connect(ws)
    try:
        while True:
            await manager.broadcast(await ws.receive_json())
            ws.send_bytes(b"ok")  # here
    except WebSocketDisconnect:
        manager.active.remove(ws)


app = FastAPI()
app.include_router(router)
