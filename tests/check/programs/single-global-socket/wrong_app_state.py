from fastapi import FastAPI, Request, WebSocket

app = FastAPI()


@app.websocket("/ws")
async def endpoint(socket: WebSocket) -> None:
    await socket.accept()
    app.state.socket = socket  # here
    async for text in socket.iter_text():
        await socket.send_text(text)


@app.post("/notify")
async def notify(request: Request, text: str) -> None:
    await request.app.state.socket.send_text(text)
