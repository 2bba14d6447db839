from fastapi import FastAPI, WebSocket

app = FastAPI()
clients: list[WebSocket] = []


@app.websocket("/ws")
async def echo(ws: WebSocket):
    await ws.accept()
    clients.append(ws)
    while True:
        message = await ws.receive()
        if message["type"] == "websocket.disconnect":
            clients.remove(ws)  # here
            break
        await ws.send_text(message["text"].upper())
