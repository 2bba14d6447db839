from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Request, Security, WebSocket

app = FastAPI()


def get_user(request: Request):  # here
    user = request.headers.get("x-user")
    if not user:
        raise HTTPException(401)
    return user


async def get_token(req: Request) -> str:  # here
    return req.query_params.get("token", "")


async def get_session(token: Annotated[str, Depends(get_token)]):
    return {"token": token}


def get_scopes(http_request: Request):  # here
    return http_request.state


@app.get("/me")
async def me(user: str = Depends(get_user)):
    return {"user": user}


@app.websocket("/ws")
async def endpoint(websocket: WebSocket, user: str = Depends(get_user)):
    await websocket.accept()
    await websocket.send_text(user)
    await websocket.close()


@app.websocket("/nested")
async def nested(
    websocket: WebSocket,
    session: Annotated[dict, Depends(get_session)],
    scopes=Security(get_scopes, scopes=["read"]),
):
    await websocket.accept()
    await websocket.send_json(session)
    await websocket.close()
