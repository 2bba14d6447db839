from fastapi import FastAPI, WebSocket

from connections import connections

app = FastAPI()


@app.websocket("/devices/{device}")
async def device_socket(websocket: WebSocket, device: str):
    await connections.add(device, websocket)
    try:
        async for text in websocket.iter_text():
            await websocket.send_text(text)
    finally:
        await connections.remove(device)
