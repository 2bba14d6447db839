from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket, token: str = ""):
    if not token:
        # Not accepted yet: the server answers 403, and nobody sees this code but the tests.
        await websocket.close(code=4401)
        return
    await websocket.accept()
    await websocket.send_text("welcome")
    await websocket.close()


@app.websocket("/docstring")
async def documented(websocket: WebSocket, token: str = ""):
    """Without a token the handshake is answered with HTTP 403."""
    if not token:
        await websocket.close(code=4401, reason="no token")
        return
    await websocket.accept()
    await websocket.send_text("welcome")
    await websocket.close()
