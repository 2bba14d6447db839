from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from protocol import handle

app = FastAPI()


@app.websocket("/p")
async def p(ws: WebSocket):
    await ws.accept()
    try:
        while True:
            await handle(ws)  # here
    except WebSocketDisconnect:
        pass
