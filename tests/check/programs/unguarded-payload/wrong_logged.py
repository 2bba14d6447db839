import logging

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
log = logging.getLogger(__name__)


@app.websocket("/ws/{client_id}")
async def positions(websocket: WebSocket, client_id: int):
    await websocket.accept()
    try:
        while True:
            position = await websocket.receive_json()  # here
            await websocket.send_json({"client": client_id, "position": position})
    except WebSocketDisconnect:
        log.info("%d is gone", client_id)
    except Exception:
        log.exception("%d failed", client_id)
