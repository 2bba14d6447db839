from typing import Annotated

from fastapi import Depends, FastAPI, WebSocket

app = FastAPI()


async def signed_in(websocket: WebSocket, user: str = "") -> str:
    await websocket.accept()
    await websocket.send_text("who are you?")
    return user or await websocket.receive_text()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket, user: Annotated[str, Depends(signed_in)]):
    await websocket.accept()  # here
    await websocket.send_text(f"welcome, {user}")
    await websocket.close()
