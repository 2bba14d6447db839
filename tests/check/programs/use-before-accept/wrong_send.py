from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/ws")
async def greet(websocket: WebSocket):
    await websocket.send_text("welcome")  # here
    await websocket.accept()
    await websocket.send_text("now you may speak")
    await websocket.close()
