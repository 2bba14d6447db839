from fastapi import FastAPI, WebSocket, WebSocketException

app = FastAPI()


class HTTPException(Exception):
    """One of our own, which has a handler below."""


@app.exception_handler(HTTPException)
async def on_own(websocket: WebSocket, error: HTTPException):
    await websocket.close(4000)


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    token = await websocket.receive_text()
    if not token:
        raise WebSocketException(code=4401, reason="who are you?")
    if token == "own":
        raise HTTPException("ours")
    await websocket.send_text("welcome")
    await websocket.close()
