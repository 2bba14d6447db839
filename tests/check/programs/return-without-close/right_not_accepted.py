from fastapi import FastAPI, WebSocket, WebSocketException
from starlette.responses import PlainTextResponse

app = FastAPI()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket, token: str = ""):
    if token == "denied":
        await websocket.send_denial_response(PlainTextResponse("no", 401))
        return
    if not token:
        await websocket.close()
        return
    await websocket.accept()
    if token == "old":
        raise WebSocketException(1008, "too old")
    await websocket.send_text("welcome")
    await websocket.close()
