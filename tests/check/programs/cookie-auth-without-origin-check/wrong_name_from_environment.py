"""What the cookie is called stands in the environment; that it says who comes is plain."""

import os

from fastapi import FastAPI, WebSocket

app = FastAPI()
COOKIE_NAME = os.environ.get("COOKIE_NAME") or "door"
VISITORS = {"a1": "ann"}


@app.websocket("/proxy/{path:path}")
async def proxy(websocket: WebSocket, path: str) -> None:
    given = websocket.cookies.get(COOKIE_NAME)  # here
    visitor = VISITORS.get(given) if given else None
    if not visitor:
        await websocket.close()
        return
    await websocket.accept()
    async for text in websocket.iter_text():
        await websocket.send_text(f"{visitor} at {path}: {text}")
