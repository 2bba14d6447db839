from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/accept")
async def forgotten_accept(websocket: WebSocket):
    websocket.accept()  # here
    await websocket.send_text("hello")


@app.websocket("/send")
async def forgotten_send(websocket: WebSocket):
    await websocket.accept()
    websocket.send_text("hello")  # here
    await websocket.close(1000)


@app.websocket("/close")
async def forgotten_close(websocket: WebSocket):
    await websocket.accept()
    text = await websocket.receive_text()
    if text == "bye":
        websocket.close(code=1000)  # here
    await websocket.receive_text()
