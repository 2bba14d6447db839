import json

from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from starlette.endpoints import WebSocketEndpoint
from starlette.routing import WebSocketRoute

app = FastAPI()


@app.websocket("/moves")
async def moves(websocket: WebSocket):
    await websocket.accept()
    try:
        while True:
            data = await websocket.receive_text()
            data = json.loads(data)  # here
            await websocket.send_json({"moved": data.get("x")})
    except WebSocketDisconnect:
        pass


@app.websocket("/shots")
async def shots(websocket: WebSocket):
    await websocket.accept()
    try:
        async for data in websocket.iter_text():
            try:
                data = json.loads(data)
            except ValueError:
                continue
            await websocket.send_json({"shot": data["at"]})  # here
    finally:
        print("left")


class Chat(WebSocketEndpoint):
    encoding = "text"

    async def on_receive(self, websocket, data):
        data = json.loads(data)  # here
        await websocket.send_json({"said": data["text"]})


app.router.routes.append(WebSocketRoute("/chat", Chat))
