import json

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


@app.websocket("/ws")
async def commands(client: WebSocket):
    await client.accept()
    try:
        while True:
            try:
                message = json.loads(await client.receive_text())
            except json.JSONDecodeError:
                await client.send_json({"error": "no JSON"})
                continue
            if message["type"] == "ping":  # here
                await client.send_json({"type": "pong"})
    except WebSocketDisconnect:
        pass
