"""A finally cleans up, and the traceback is logged all the same."""

from fastapi import FastAPI, WebSocket

app = FastAPI()
connections: list[WebSocket] = []


@app.websocket("/ws")
async def endpoint(client: WebSocket):
    await client.accept()
    connections.append(client)
    try:
        while True:
            data = await client.receive_bytes()  # here
            await client.send_bytes(data)
    finally:
        connections.remove(client)
