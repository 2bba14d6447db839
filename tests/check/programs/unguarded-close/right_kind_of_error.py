from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


@app.websocket("/counter")
async def counter(websocket: WebSocket):
    await websocket.accept()
    total = 0
    try:
        while True:
            total += int(await websocket.receive_text())
            await websocket.send_json({"total": total})
    except Exception as error:
        print("ends with", total)
        if not isinstance(error, WebSocketDisconnect):
            await websocket.close(1003)
