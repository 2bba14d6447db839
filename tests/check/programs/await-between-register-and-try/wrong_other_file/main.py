from fastapi import FastAPI, WebSocket, WebSocketDisconnect

from registry import registry

app = FastAPI()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    registry.add(websocket)
    await websocket.send_json({"online": len(registry.sockets)})  # here
    try:
        while True:
            await websocket.send_text(await websocket.receive_text())
    except WebSocketDisconnect:
        pass
    finally:
        registry.remove(websocket)
