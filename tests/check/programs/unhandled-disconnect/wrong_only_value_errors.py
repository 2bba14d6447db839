import json

from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/orders")
async def orders(websocket: WebSocket):
    await websocket.accept()
    while True:
        try:
            text = await websocket.receive_text()  # here
            order = json.loads(text)
        except json.JSONDecodeError:
            await websocket.send_json({"error": "that is not JSON"})
            continue
        await websocket.send_json({"accepted": order})
