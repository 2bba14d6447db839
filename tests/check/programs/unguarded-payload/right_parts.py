from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


@app.websocket("/ws")
async def commands(websocket: WebSocket):
    await websocket.accept()
    try:
        while True:
            text = await websocket.receive_text()
            command, _, value = text.partition(":")
            first, *rest = text.split(":")
            await websocket.send_text(f"{command} is {value}, {first} {len(rest)}")
    except WebSocketDisconnect:
        pass
