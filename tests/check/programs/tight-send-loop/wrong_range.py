from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    for number in range(5_000):
        await websocket.send_text(str(number))  # here
    await websocket.close()
