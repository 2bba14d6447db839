from typing import Annotated

from fastapi import Cookie, Depends, FastAPI, Header, HTTPException, Query, WebSocket
from fastapi import WebSocketDisconnect

app = FastAPI()


async def bearer(authorization: Annotated[str | None, Header()] = None) -> str:
    return authorization or ""


@app.get("/page")
async def page(token: str, page_token: str = ""):
    return [token, page_token]


@app.websocket("/rooms/{token}")
async def room(websocket: WebSocket, token: str, user: Annotated[str, Depends(bearer)]):
    await websocket.accept()
    await websocket.send_text(f"{token} {user}")
    await websocket.close()


@app.websocket("/first")
async def first(
    websocket: WebSocket,
    page_token: str = "",
    max_tokens: Annotated[int, Query()] = 100,
    session: Annotated[str, Cookie()] = "",
    ticket: str = "",
):
    await websocket.accept()
    try:
        token = await websocket.receive_text()
        if token != "s3cret":
            raise HTTPException(401)
        while True:
            await websocket.send_text(await websocket.receive_text())
    except WebSocketDisconnect:
        pass
