from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


class Room:
    def __init__(self) -> None:
        self.members: set[WebSocket] = set()


rooms: dict[str, Room] = {}


@app.websocket("/rooms/{name}")
async def chat(websocket: WebSocket, name: str):
    room = rooms.setdefault(name, Room())  # a room, and nobody in it
    await websocket.accept()
    await websocket.send_text(f"{len(room.members)} are here")
    room.members.add(websocket)
    try:
        while True:
            await websocket.send_text(await websocket.receive_text())
    except WebSocketDisconnect:
        pass
    finally:
        room.members.discard(websocket)
        if not room.members:
            rooms.pop(name, None)
