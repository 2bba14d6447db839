class Hub:
    def __init__(self):
        self.rooms = {}

    async def join(self, room, ws):
        await ws.accept()
        self.rooms.setdefault(room, set()).add(ws)

    def leave(self, room, ws):
        self.rooms.get(room, set()).discard(ws)


hub = Hub()
