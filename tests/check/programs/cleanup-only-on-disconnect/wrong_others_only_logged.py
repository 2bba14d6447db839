import logging

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
log = logging.getLogger(__name__)
connected = []


@app.websocket("/ws")
async def endpoint(ws: WebSocket):
    await ws.accept()
    connected.append(ws)
    try:
        while True:
            number = int(await ws.receive_text())
            await ws.send_text(str(number * 2))
    except WebSocketDisconnect:
        if ws in connected:
            connected.remove(ws)  # here
    except Exception:
        log.exception("it failed")
