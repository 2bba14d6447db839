from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/ws")
async def endpoint(socket: WebSocket, version: int = 0):
    await socket.accept()
    if version < 2:
        await socket.close(4000, "too old")
    else:
        await socket.send_json({"version": version})
    await socket.close()  # here
