from collections import defaultdict
from typing import Annotated

from fastapi import Depends, FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
rooms: dict[str, dict[str, WebSocket]] = defaultdict(dict)


def current_user(token: str = "") -> str:
    return token.partition(".")[0]


@app.websocket("/rooms/{room}")
async def room_socket(
    conn: WebSocket, room: str, user: Annotated[str, Depends(current_user)]
) -> None:
    await conn.accept()
    rooms[room][user] = conn
    try:
        while True:
            await conn.send_text(await conn.receive_text())
    except WebSocketDisconnect:
        print("gone")
    finally:
        del rooms[room][user]  # here
        if not rooms[room]:
            del rooms[room]
