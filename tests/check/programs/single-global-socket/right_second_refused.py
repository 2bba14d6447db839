from fastapi import FastAPI, WebSocket

app = FastAPI()
current: WebSocket | None = None


@app.websocket("/ws")
async def endpoint(websocket: WebSocket) -> None:
    global current
    await websocket.accept()
    if current is not None:
        await websocket.close(4409, "somebody is connected already")
        return
    current = websocket
    try:
        async for text in websocket.iter_text():
            await websocket.send_text(text)
    finally:
        current = None
