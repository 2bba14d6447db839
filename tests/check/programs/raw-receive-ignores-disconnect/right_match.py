from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/ws")
async def endpoint(ws: WebSocket):
    await ws.accept()
    while True:
        message = await ws.receive()
        match message["type"]:
            case "websocket.receive":
                await ws.send_text(message.get("text") or "")
            case "websocket.disconnect":
                break


@app.websocket("/otherwise")
async def otherwise(ws: WebSocket):
    await ws.accept()
    while True:
        match await ws.receive():
            case {"bytes": bytes(data)} | {"text": str(data)}:
                await ws.send_json(len(data))
            case _:
                return


@app.websocket("/walrus")
async def walrus(ws: WebSocket):
    await ws.accept()
    going = True
    while going:
        message = await ws.receive()
        going = message["type"] != "websocket.disconnect"
