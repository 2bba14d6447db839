from fastapi import WebSocket


class Rooms:
    """Its `disconnect` is a coroutine."""

    def __init__(self):
        self.members: set[WebSocket] = set()

    async def disconnect(self, ws: WebSocket):
        self.members.discard(ws)


class Presence:
    """Its `disconnect` is a plain function."""

    def __init__(self):
        self.online: set[WebSocket] = set()

    def disconnect(self, ws: WebSocket):
        self.online.discard(ws)


rooms = Rooms()
presence = Presence()
