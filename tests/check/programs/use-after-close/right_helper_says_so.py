from fastapi import FastAPI, WebSocket, WebSocketException

app = FastAPI()


async def authenticate(websocket: WebSocket) -> str | None:
    user = websocket.headers.get("x-user")
    if user is None:
        await websocket.close(1008)
        return None
    return user


async def allowed(websocket: WebSocket, user: str) -> bool:
    if user == "mallory":
        await websocket.close(1008, "not you")
        return False
    return True


async def fail(websocket: WebSocket):
    await websocket.close(1008)
    raise WebSocketException(1008)


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    user = await authenticate(websocket)
    if user is None:
        return
    if not await allowed(websocket, user):
        return
    if user == "bob":
        await fail(websocket)
    await websocket.send_text(f"welcome, {user}")
    await websocket.close()


@app.websocket("/flag")
async def flag(websocket: WebSocket, token: str = ""):
    await websocket.accept()
    closed = False
    if not token:
        await websocket.close(1008)
        closed = True
    if not closed:
        await websocket.send_text("welcome")
        await websocket.close()
