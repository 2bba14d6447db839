from typing import Annotated

from fastapi import Cookie, Depends, FastAPI, Request, WebSocket, WebSocketDisconnect

app = FastAPI()


async def signed_in(request: Request) -> str:
    return request.cookies.get("session", "nobody")


@app.get("/page")
async def page(user: Annotated[str, Depends(signed_in)]):
    return {"user": user}


@app.websocket("/ws")
async def clock(websocket: WebSocket, theme: Annotated[str, Cookie()] = "light"):
    await websocket.accept()
    language = websocket.cookies.get("lang", "en")
    try:
        while True:
            token = await websocket.receive_text()
            await websocket.send_json({"theme": theme, "language": language, "token": token})
    except WebSocketDisconnect:
        pass
