"""Nested get, and a set per document; a join that makes it, a leave that leaves it."""

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


class Cursors:
    def __init__(self):
        self.documents = {}

    def join(self, document: str, ws: WebSocket) -> int:
        group = self.documents.get(document)
        if group is None:
            group = self.documents[document] = set()
        group.add(ws)
        return len(group)

    def leave(self, document: str, ws: WebSocket) -> None:
        group = self.documents.get(document)
        if group is not None:
            group.discard(ws)  # here


cursors = Cursors()


@app.websocket("/d/{document}")
async def d(ws: WebSocket, document: str):
    await ws.accept()
    cursors.join(document, ws)
    try:
        while True:
            await ws.send_text(await ws.receive_text())
    except WebSocketDisconnect:
        pass
    finally:
        cursors.leave(document, ws)
