from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, WebSocket

app = FastAPI()


def user_of(token: str = "") -> str:
    if not token:
        raise HTTPException(401, "who are you?")
    return token


@app.websocket("/ws")
async def endpoint(websocket: WebSocket, user: Annotated[str, Depends(user_of)]):
    if user == "mallory":
        raise HTTPException(403, "not you")
    await websocket.accept()
    await websocket.send_text(f"welcome, {user}")
    await websocket.close()


@app.websocket("/branch")
async def branch(websocket: WebSocket, token: str = ""):
    if token:
        await websocket.accept()
        await websocket.send_text("welcome")
        await websocket.close()
    else:
        raise HTTPException(401)


@app.get("/http")
async def http(token: str = ""):
    if not token:
        raise HTTPException(401)
    return token
