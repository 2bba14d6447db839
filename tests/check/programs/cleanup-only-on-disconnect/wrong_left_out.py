from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
clients = []


@app.websocket("/ws")
async def echo(ws: WebSocket):
    global clients
    await ws.accept()
    clients.append(ws)
    try:
        while True:
            await ws.send_text(str(int(await ws.receive_text())))
    except WebSocketDisconnect:
        clients = [one for one in clients if one is not ws]  # here
