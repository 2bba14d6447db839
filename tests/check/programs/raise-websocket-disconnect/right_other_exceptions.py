from fastapi import Depends, FastAPI, WebSocket, WebSocketDisconnect, WebSocketException, status

app = FastAPI()


class Kicked(Exception):
    code = 4001


async def get_user(token: str = "") -> str:
    if not token:
        raise WebSocketException(code=status.WS_1008_POLICY_VIOLATION)
    return token


@app.websocket("/ws")
async def endpoint(websocket: WebSocket, user: str = Depends(get_user)):
    await websocket.accept()
    try:
        async for text in websocket.iter_text():
            if text == "kick":
                raise Kicked
            if text == "raise":
                raise WebSocketException(4002, "raised")
            if text == "closed":
                await websocket.close(4003)
                return
    except Kicked as kicked:
        await websocket.close(kicked.code)


@app.websocket("/closes")
async def closes(websocket: WebSocket):
    """Leaves its loop with the exception, and closes where it is caught."""
    await websocket.accept()
    try:
        while True:
            if await websocket.receive_text() == "quit":
                raise WebSocketDisconnect(4000)
    except WebSocketDisconnect as gone:
        if gone.code == 4000:
            await websocket.close(4000)
