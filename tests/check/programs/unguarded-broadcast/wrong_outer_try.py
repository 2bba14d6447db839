"""The try stands around the loop: the first who is gone still ends it for the rest."""

import json
import logging

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
log = logging.getLogger(__name__)
connected = set()


async def notify_all(event):
    try:
        for client in connected.copy():
            await client.send_text(json.dumps(event))  # here
    except Exception:
        log.exception("broadcast failed")


@app.websocket("/events")
async def events(client: WebSocket):
    await client.accept()
    connected.add(client)
    try:
        while True:
            await notify_all(await client.receive_json())
    except WebSocketDisconnect:
        pass
    finally:
        connected.discard(client)


@app.post("/notify")
async def notify():
    await notify_all({"kind": "notice"})
    return {"ok": True}
