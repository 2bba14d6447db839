from fastapi import FastAPI, WebSocket

app = FastAPI()


async def talk(ws, name):
    while True:
        text = await ws.receive_text()  # here
        await ws.send_text(f"{name}: {text}")


@app.websocket("/talk/{name}")
async def talk_endpoint(websocket: WebSocket, name: str):
    await websocket.accept()
    await talk(websocket, name)
