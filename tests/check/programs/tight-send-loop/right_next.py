from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


@app.websocket("/few")
async def few(websocket: WebSocket):
    await websocket.accept()
    numbers = iter(range(3))
    while True:
        try:
            number = next(numbers)
        except StopIteration:
            break
        await websocket.send_text(str(number))
    try:
        while True:
            await websocket.send_text(await websocket.receive_text())
    except WebSocketDisconnect:
        pass
