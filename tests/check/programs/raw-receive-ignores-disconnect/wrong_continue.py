from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


@app.websocket("/ws")
async def endpoint(ws: WebSocket):
    await ws.accept()
    try:
        while True:
            message = await ws.receive()  # here
            text = message.get("text")
            if not text:
                continue
            await ws.send_text(text)
    except WebSocketDisconnect:
        pass
