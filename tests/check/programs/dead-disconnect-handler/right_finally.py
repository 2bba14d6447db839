from fastapi import FastAPI, WebSocket

app = FastAPI()
online: set[str] = set()
texts: list[str] = []


@app.websocket("/ws/{name}")
async def endpoint(websocket: WebSocket, name: str):
    await websocket.accept()
    online.add(name)
    try:
        async for text in websocket.iter_text():
            texts.append(text)
    finally:
        online.discard(name)
