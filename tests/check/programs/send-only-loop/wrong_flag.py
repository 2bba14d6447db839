import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


@app.websocket("/ws")
async def endpoint(client: WebSocket):
    await client.accept()
    connected = True
    while connected:  # here
        try:
            await client.send_text("beat")
            await asyncio.sleep(1)
        except WebSocketDisconnect:
            connected = False
