from fastapi import FastAPI, WebSocket

from client import Client

app = FastAPI()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    await Client(websocket).run()
