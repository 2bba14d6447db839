import json

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
clients: set[WebSocket] = set()


@app.websocket("/ws")
async def feed(ws: WebSocket) -> None:
    await ws.accept()
    clients.add(ws)
    try:
        while True:
            event = json.loads(await ws.receive_text())
            for client in list(clients):
                await client.send_json(event["data"])
    except WebSocketDisconnect:
        clients.discard(ws)  # here
