from collections import defaultdict

from fastapi import FastAPI, WebSocket

app = FastAPI()
rooms: defaultdict[str, set[WebSocket]] = defaultdict(set)


@app.websocket("/rooms/{room}")
async def room_socket(ws: WebSocket, room: str) -> None:
    await ws.accept()
    rooms[room].add(ws)
    try:
        async for text in ws.iter_text():
            await ws.send_text(text)
    finally:
        rooms[room].discard(ws)  # here
