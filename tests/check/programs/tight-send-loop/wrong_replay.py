"""Replay of a log kept in a list that grows without an end."""

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
LOG: list[dict] = []


@app.websocket("/replay")
async def replay(ws: WebSocket):
    await ws.accept()
    try:
        for entry in list(LOG):
            await ws.send_json(entry)  # here
        while True:
            LOG.append({"text": await ws.receive_text()})
    except WebSocketDisconnect:
        pass
