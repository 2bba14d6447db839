import json

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


class Client:
    def __init__(self, websocket: WebSocket):
        self.websocket = websocket

    async def receive(self):
        return json.loads(await self.websocket.receive_text())  # here

    async def send(self, message):
        await self.websocket.send_text(json.dumps(message))


@app.websocket("/ws")
async def echo(websocket: WebSocket):
    await websocket.accept()
    client = Client(websocket)
    try:
        while True:
            await client.send(await client.receive())
    except WebSocketDisconnect:
        pass
