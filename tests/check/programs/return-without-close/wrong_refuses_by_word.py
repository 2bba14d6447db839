from typing import Annotated

from fastapi import FastAPI, Query, WebSocket

app = FastAPI()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket, token: Annotated[str, Query()] = ""):
    await websocket.accept()
    if token != "s3cret":
        await websocket.send_json({"error": "wrong token"})
        return  # here
    async for text in websocket.iter_text():
        await websocket.send_text(text)
