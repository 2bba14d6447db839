from fastapi import FastAPI, WebSocket

app = FastAPI()
online: dict[str, WebSocket] = {}


@app.websocket("/ws/{name}")
async def endpoint(socket: WebSocket, name: str):
    await socket.accept()
    online[name] = socket
    try:
        while True:
            await socket.send_text(await socket.receive_text())
    except RuntimeError:
        del online[name]  # here
