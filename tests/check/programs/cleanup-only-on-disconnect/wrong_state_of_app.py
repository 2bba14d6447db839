from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
app.state.clients = set()


@app.websocket("/ws")
async def echo(websocket: WebSocket):
    await websocket.accept()
    websocket.app.state.clients.add(websocket)
    try:
        while True:
            await websocket.send_text(await websocket.receive_text())
    except WebSocketDisconnect:
        websocket.app.state.clients.remove(websocket)  # here
