from fastapi import FastAPI, WebSocket

app = FastAPI()


def text_of(message: dict) -> str | None:
    return None if message["type"] == "websocket.disconnect" else message.get("text") or ""


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    while (text := text_of(await websocket.receive())) is not None:
        await websocket.send_text(text)


@app.websocket("/named")
async def named(websocket: WebSocket):
    await websocket.accept()
    while True:
        message = await websocket.receive()
        text = text_of(message)
        if text is None:
            break
        await websocket.send_text(text)
