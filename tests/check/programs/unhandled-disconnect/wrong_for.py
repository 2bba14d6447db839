from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/quiz")
async def quiz(websocket: WebSocket):
    await websocket.accept()
    points = 0
    for number in range(10):
        await websocket.send_json({"question": number})
        points += await websocket.receive_json() == number  # here
    await websocket.send_json({"points": points})
    await websocket.close()
