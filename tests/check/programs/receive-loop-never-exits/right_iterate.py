from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/ws")
async def endpoint(ws: WebSocket):
    await ws.accept()
    while True:
        try:
            async for text in ws.iter_text():
                await ws.send_json(int(text))
            break
        except ValueError:
            await ws.send_text("not a number")


@app.websocket("/raw")
async def raw(ws: WebSocket):
    await ws.accept()
    while True:
        try:
            message = await ws.receive()
            if message["type"] == "websocket.disconnect":
                break
            await ws.send_text(message["text"])
        except Exception:
            continue
