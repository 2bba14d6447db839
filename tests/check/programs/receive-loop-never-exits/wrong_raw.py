from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/ws")
async def endpoint(ws: WebSocket):
    await ws.accept()
    while True:
        try:
            message = await ws.receive()
            if "text" in message:
                await ws.send_text(message["text"])
        except Exception:  # here
            print("cannot read that")
