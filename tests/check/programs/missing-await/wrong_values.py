import json
from dataclasses import dataclass

from fastapi import FastAPI, WebSocket

app = FastAPI()


@dataclass
class Client:
    name: str
    websocket: WebSocket

    async def greet(self):
        self.websocket.send_text(f"Hello {self.name}")  # here


@app.websocket("/echo")
async def echo(websocket: WebSocket):
    await websocket.accept()
    await Client("Ann", websocket).greet()
    data = websocket.receive_text()  # here
    await websocket.send_text(f"Message text was: {data}")
    await websocket.close()


@app.websocket("/json")
async def parse(websocket: WebSocket):
    await websocket.accept()
    order = json.loads(websocket.receive_text())  # here
    await websocket.send_json(order["item"])
    await websocket.close()


@app.websocket("/login")
async def login(websocket: WebSocket):
    await websocket.accept()
    if websocket.receive_text() != "secret":  # here
        await websocket.close(4401)
        return
    request = websocket.receive_json()  # here
    if request["type"] == "ping":
        await websocket.send_json({"type": "pong"})
    await websocket.close()
