from typing import Annotated

from fastapi import Depends, FastAPI, Query, WebSocket, status

app = FastAPI()


async def current_user(websocket: WebSocket, token: Annotated[str | None, Query()] = None):
    if token is None:
        await websocket.close(code=status.WS_1008_POLICY_VIOLATION)  # here
        return None
    return token


@app.websocket("/ws")
async def endpoint(websocket: WebSocket, user: Annotated[str | None, Depends(current_user)]):
    if user is None:
        return
    await websocket.accept()
    await websocket.send_text(f"welcome, {user}")
    await websocket.close()
