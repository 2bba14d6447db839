from fastapi import FastAPI, WebSocket
from fastapi.responses import JSONResponse

app = FastAPI()
PEERS: dict[str, WebSocket] = {}


async def tell(websocket: WebSocket, text: str):
    """Only ever called with a socket that was accepted."""
    await websocket.send_text(text)


@app.websocket("/ws")
async def endpoint(websocket: WebSocket, token: str = ""):
    if token == "denied":
        await websocket.send_denial_response(JSONResponse({"error": token}, 401))
        return
    if not token:
        await websocket.close()
        return
    other = PEERS.get(token)
    if other is not None:
        await other.send_text("somebody else came with your token")
    await websocket.accept()
    await tell(websocket, "welcome")
    PEERS[token] = websocket
    try:
        async for text in websocket.iter_text():
            await tell(websocket, text)
    finally:
        PEERS.pop(token, None)
