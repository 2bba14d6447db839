from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
members: dict[str, list[WebSocket]] = {}


async def enter(room: str, websocket: WebSocket) -> None:
    await websocket.accept()
    members.setdefault(room, []).append(websocket)
    await websocket.send_json({"in": room})


@app.websocket("/rooms/{room}")
async def serve(websocket: WebSocket, room: str):
    try:
        await enter(room, websocket)  # here
        try:
            while True:
                await websocket.receive_text()
        except WebSocketDisconnect:
            print("left")
        finally:
            members[room].remove(websocket)
    except Exception as error:
        print(error)
