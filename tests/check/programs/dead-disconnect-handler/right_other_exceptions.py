from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    try:
        async for text in websocket.iter_json():
            print(text["x"])
    except (KeyError, ValueError):
        await websocket.close(1007)


@app.websocket("/tuple")
async def several(websocket: WebSocket):
    await websocket.accept()
    try:
        async for text in websocket.iter_json():
            print(text["x"])
    except (WebSocketDisconnect, KeyError):
        print("ended")
