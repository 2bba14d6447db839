from fastapi import FastAPI, WebSocket, WebSocketDisconnect

from manager import registry

app = FastAPI()


@app.websocket("/notifications/{user_id}")
async def notifications(websocket: WebSocket, user_id: int):
    await registry.register(user_id, websocket)
    try:
        while True:
            text = await websocket.receive_text()
            await registry.notify(int(text), "hello")
    except WebSocketDisconnect:
        await registry.unregister(user_id, websocket)  # here
