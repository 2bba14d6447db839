from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    text = await websocket.receive_text()
    await websocket.send_text(text)
    await websocket.close()


@app.websocket("/loop")
async def loop(websocket: WebSocket):
    await websocket.accept()
    try:
        while True:
            text = await websocket.receive_text()
            if text == "quit":
                await websocket.close(1000, "as you wish")
                break
            await websocket.send_text(text)
    except WebSocketDisconnect:
        return


@app.websocket("/after")
async def after(websocket: WebSocket):
    await websocket.accept()
    while True:
        try:
            text = await websocket.receive_text()
        except WebSocketDisconnect:
            return
        if text == "quit":
            break
        await websocket.send_text(text)
    await websocket.close()
