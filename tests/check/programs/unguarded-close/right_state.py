from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from starlette.websockets import WebSocketState

app = FastAPI()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    try:
        while True:
            await websocket.send_text(await websocket.receive_text())
    except WebSocketDisconnect:
        print("gone")
    finally:
        if websocket.client_state != WebSocketState.DISCONNECTED:
            await websocket.close()


@app.websocket("/flag")
async def flag(websocket: WebSocket):
    await websocket.accept()
    gone = False
    try:
        while True:
            text = await websocket.receive_text()
            if text == "quit":
                break
            await websocket.send_text(text)
    except WebSocketDisconnect:
        gone = True
    finally:
        if not gone:
            await websocket.close()
