from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/ws")
async def endpoint(ws: WebSocket):
    await ws.accept()
    size = 0
    while size < 1_000_000:
        match await ws.receive():  # here
            case {"type": "websocket.receive", "bytes": bytes(data)}:
                size += len(data)
            case {"text": str(text)}:
                size += len(text)
    await ws.close()
