from fastapi import WebSocket


class Manager:
    """Knows who is there."""

    def __init__(self):
        self.active: set[WebSocket] = set()

    async def connect(self, websocket: WebSocket):
        self.active.add(websocket)

    def disconnect(self, websocket: WebSocket):
        self.active.discard(websocket)


manager = Manager()
