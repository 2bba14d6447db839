from fastapi import FastAPI, WebSocket

from client import Client

app = FastAPI()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    client = Client(websocket)
    await client.run()
