from fastapi import FastAPI, WebSocket

app = FastAPI()
listeners = []


@app.websocket("/listen")
async def listen(ws: WebSocket) -> None:
    await ws.accept()
    listeners.append(ws)
    try:
        async for _ in ws.iter_text():
            pass
    finally:
        listeners.remove(ws)


@app.post("/say")
async def say(text: str) -> None:
    for listener in list(listeners):
        await listener.send_text(text)
