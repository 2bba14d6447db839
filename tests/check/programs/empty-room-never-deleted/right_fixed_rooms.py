from fastapi import FastAPI, WebSocket

app = FastAPI()
rooms: dict[str, set[WebSocket]] = {"red": set(), "blue": set()}


@app.websocket("/rooms/{room}")
async def room_socket(ws: WebSocket, room: str) -> None:
    if room not in rooms:
        await ws.close()
        return
    await ws.accept()
    rooms[room].add(ws)
    try:
        async for text in ws.iter_text():
            await ws.send_text(text)
    finally:
        rooms[room].discard(ws)
