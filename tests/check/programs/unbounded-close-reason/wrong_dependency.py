from fastapi import Depends, FastAPI, HTTPException, WebSocket, WebSocketException

app = FastAPI()


def check(token: str) -> str:
    if token != "secret":
        raise HTTPException(403, detail=f"wrong token: {token}")
    return "ann"


async def login(websocket: WebSocket) -> str:
    """A dependency that accepts: then a reason is sent."""
    await websocket.accept()
    try:
        return check(await websocket.receive_text())
    except HTTPException as error:
        raise WebSocketException(code=4403, reason=error.detail) from error  # here


@app.websocket("/ws")
async def endpoint(websocket: WebSocket, user: str = Depends(login)):
    await websocket.send_text(f"Hello {user}")
    await websocket.close()
