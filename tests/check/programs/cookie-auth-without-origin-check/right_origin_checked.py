from typing import Annotated

from fastapi import Cookie, Depends, FastAPI, Header, HTTPException, WebSocket, WebSocketDisconnect

app = FastAPI()
ALLOWED = {"https://app.example.com"}


async def same_site(websocket: WebSocket):
    if websocket.headers.get("origin") not in ALLOWED:
        raise HTTPException(403)


async def current_user(websocket: WebSocket) -> str:
    token = websocket.cookies.get("session")
    if token is None:
        raise HTTPException(401)
    return token.title()


@app.websocket("/account", dependencies=[Depends(same_site)])
async def account(websocket: WebSocket, user: str = Depends(current_user)):
    await websocket.accept()
    try:
        while True:
            await websocket.send_text(f"{user}: {await websocket.receive_text()}")
    except WebSocketDisconnect:
        pass


@app.websocket("/inbox")
async def inbox(
    websocket: WebSocket,
    session: Annotated[str, Cookie()],
    origin: Annotated[str | None, Header()] = None,
):
    if origin not in ALLOWED:
        raise HTTPException(403)
    await websocket.accept()
    await websocket.send_text(session)
    await websocket.close()
