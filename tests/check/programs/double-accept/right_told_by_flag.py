from fastapi import FastAPI, WebSocket

app = FastAPI()


async def open_once(websocket: WebSocket, is_open: bool) -> bool:
    if not is_open:
        await websocket.accept()
    return True


@app.websocket("/once")
async def once(websocket: WebSocket) -> None:
    ready = await open_once(websocket, False)
    ready = await open_once(websocket, ready)
    await websocket.send_text(str(ready))
    await websocket.close()
