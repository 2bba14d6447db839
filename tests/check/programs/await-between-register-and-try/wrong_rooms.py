from fastapi import APIRouter, FastAPI, WebSocket, WebSocketDisconnect

router = APIRouter()
rooms: dict[str, dict[int, WebSocket]] = {}


@router.websocket("/rooms/{room}")
async def room_socket(conn: WebSocket, room: str) -> None:
    await conn.accept()
    rooms.setdefault(room, {})[id(conn)] = conn
    print(room, len(rooms[room]))
    if room == "lobby":
        await conn.send_json({"type": "welcome", "members": len(rooms[room])})  # here
    try:
        while True:
            await conn.receive_json()
    except WebSocketDisconnect:
        rooms[room].pop(id(conn), None)
        if not rooms[room]:
            del rooms[room]


app = FastAPI()
app.include_router(router)
