from fastapi import FastAPI, WebSocket

app = FastAPI()
watched: set[str] = set()


@app.websocket("/watch/{name}")
async def watch(websocket: WebSocket, name: str):
    await websocket.accept()
    watched.add(name)
    try:
        wanted = await websocket.receive_json()
        if wanted != name:
            return  # here
        await websocket.send_text("watched")
        await websocket.close()
    finally:
        watched.discard(name)
