from fastapi import Depends, FastAPI, HTTPException, Request, WebSocket, WebSocketDisconnect
from starlette.requests import HTTPConnection

app = FastAPI()
USERS = {"s3cret": "ada"}


def own_page(request: Request) -> None:
    if request.headers.get("origin") != "https://app.example.com":
        raise HTTPException(403)


async def user(connection: HTTPConnection) -> str:
    return USERS.get(connection.cookies.get("connect.sid", ""), "nobody")  # here


@app.post("/rename", dependencies=[Depends(own_page)])
async def rename(name: str, before: str = Depends(user)) -> dict[str, str]:
    return {before: name}


@app.websocket("/inbox")
async def inbox(websocket: WebSocket, name: str = Depends(user)):
    await websocket.accept()
    try:
        while True:
            await websocket.send_text(f"{name}: {await websocket.receive_text()}")
    except WebSocketDisconnect:
        pass
