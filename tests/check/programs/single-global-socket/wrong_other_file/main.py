from fastapi import FastAPI, WebSocket, WebSocketDisconnect

from notifier import notifier

app = FastAPI()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await notifier.connect(websocket)
    try:
        while True:
            await websocket.send_text(await websocket.receive_text())
    except WebSocketDisconnect:
        pass
    finally:
        notifier.disconnect()
