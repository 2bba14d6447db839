from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
rooms: dict[str, list[WebSocket]] = {}


def leave(websocket: WebSocket) -> None:
    for name, members in rooms.items():
        for member in members:
            if member is websocket:
                rooms[name].remove(member)
                break


@app.websocket("/rooms/{name}")
async def room(websocket: WebSocket, name: str):
    await websocket.accept()
    rooms.setdefault(name, []).append(websocket)
    try:
        while True:
            await websocket.receive_text()
    except WebSocketDisconnect:
        print("left")
    finally:
        leave(websocket)
        leave(websocket)
