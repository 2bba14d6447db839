"""Rows of a query result of which nothing is known."""

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

try:
    from warehouse import load_everything
except ImportError:
    load_everything = None

app = FastAPI()


@app.websocket("/export")
async def export(ws: WebSocket):
    await ws.accept()
    try:
        while True:
            table = await ws.receive_text()
            for record in load_everything(table):
                await ws.send_json(record)  # here
    except WebSocketDisconnect:
        pass
