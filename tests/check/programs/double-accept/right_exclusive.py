from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket, version: int = 1):
    if version == 2 and "chat.v2" in websocket.scope["subprotocols"]:
        await websocket.accept(subprotocol="chat.v2")
    else:
        await websocket.accept()
    await websocket.send_text(str(version))
    await websocket.close()


@app.websocket("/early")
async def early(websocket: WebSocket, token: str = ""):
    if not token:
        await websocket.accept()
        await websocket.close(4401, "no token")
        return
    await websocket.accept()
    await websocket.send_text("welcome")
    await websocket.close()
