from fastapi import FastAPI, WebSocket

app = FastAPI()
GONE = "websocket.disconnect"
GOODBYE = "bye"


async def rest(times: int):
    while True:
        times -= 1
        if times < 0:
            break


@app.websocket("/word")
async def word(websocket: WebSocket):
    await websocket.accept()
    while True:
        message = await websocket.receive()
        if message["type"] == GONE:
            return
        if message.get("text") == GOODBYE:
            break  # here


@app.websocket("/rest")
async def rested(websocket: WebSocket):
    await websocket.accept()
    await rest(3)  # here
