from fastapi import FastAPI, WebSocket

from clients import clients

app = FastAPI()


@app.websocket("/ws/{name}")
async def endpoint(websocket: WebSocket, name: str):
    client = await clients.welcome(name, websocket)
    await clients.listen(client)  # here
