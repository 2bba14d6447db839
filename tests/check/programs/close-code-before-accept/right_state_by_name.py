from fastapi import FastAPI, WebSocket
from starlette.websockets import WebSocketState

app = FastAPI()


@app.websocket("/tasks")
async def tasks(websocket: WebSocket):
    if not websocket.query_params.get("name"):
        if getattr(websocket, "client_state", None) != WebSocketState.CONNECTED:
            await websocket.accept()
        await websocket.close(code=4400, reason="no name")
        return
    if websocket.query_params.get("name") == "nobody":
        if websocket.client_state.name != "CONNECTED":
            await websocket.accept()
        await websocket.close(code=4404, reason="unknown")
        return
    await websocket.accept()
    async for text in websocket.iter_text():
        await websocket.send_text(text)
