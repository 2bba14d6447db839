from fastapi import FastAPI, HTTPException, WebSocket
from fastapi.responses import JSONResponse

app = FastAPI()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket, token: str = ""):
    if not token:
        await websocket.close()
        return
    if token == "old":
        raise HTTPException(401, "this token is too old")
    if token == "banned":
        await websocket.send_denial_response(JSONResponse({"banned": True}, 403))
        return
    await websocket.accept()
    await websocket.send_text("welcome")
    await websocket.close(1000)
