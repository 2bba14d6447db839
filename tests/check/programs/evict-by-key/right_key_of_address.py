from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
devices: dict[str, WebSocket] = {}


def key_of(websocket: WebSocket) -> str:
    client = websocket.client
    agent = websocket.headers.get("user-agent", "")
    return f"{client.host}:{client.port} {agent}" if client else agent


@app.websocket("/device")
async def device(websocket: WebSocket):
    await websocket.accept()
    key = key_of(websocket)
    devices[key] = websocket
    try:
        while True:
            await websocket.send_text(await websocket.receive_text())
    except WebSocketDisconnect:
        pass
    finally:
        devices.pop(key, None)
