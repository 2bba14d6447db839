from fastapi import APIRouter, Depends, FastAPI, WebSocket

app = FastAPI()
router = APIRouter(prefix="/api")


def token(token: str = "") -> str:
    return token


@app.websocket_route("/rooms/{room_id}")
async def room(websocket: WebSocket, room_id: str):  # here
    await websocket.accept()
    await websocket.send_text(room_id)
    await websocket.close()


@router.websocket_route("/members/{name}", name="members")
async def member(ws: WebSocket, name: str, key: str = Depends(token)):  # here
    await ws.accept()
    await ws.send_text(name)
    await ws.close()


@app.websocket_route("/numbers/{first}/{second}")
async def numbers(websocket: WebSocket, *, first: int, second: int = 2):  # here
    await websocket.accept()
    await websocket.send_json([first, second])
    await websocket.close()


app.include_router(router)
