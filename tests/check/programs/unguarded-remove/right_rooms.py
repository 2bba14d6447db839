from fastapi import FastAPI, WebSocket

app = FastAPI()
rooms: dict[str, list[WebSocket]] = {}


async def leave(room: str, ws: WebSocket) -> None:
    if room in rooms and ws in rooms[room]:
        rooms[room].remove(ws)
        if not rooms[room]:
            del rooms[room]


@app.websocket("/rooms/{room}")
async def room_socket(ws: WebSocket, room: str) -> None:
    await ws.accept()
    rooms.setdefault(room, []).append(ws)
    try:
        async for text in ws.iter_text():
            await ws.send_text(text)
    finally:
        await leave(room, ws)
