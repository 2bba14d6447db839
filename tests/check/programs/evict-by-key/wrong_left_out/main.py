from fastapi import Depends, FastAPI, WebSocket

from inbox import inboxes

app = FastAPI()


def caller(websocket: WebSocket) -> str:
    return websocket.headers.get("x-caller", "nobody")


@app.websocket("/inbox")
async def inbox(websocket: WebSocket, owner: str = Depends(caller)):
    await websocket.accept()
    inboxes.open(owner, websocket)
    try:
        async for text in websocket.iter_text():
            await websocket.send_text(text)
    finally:
        inboxes.close(owner)
