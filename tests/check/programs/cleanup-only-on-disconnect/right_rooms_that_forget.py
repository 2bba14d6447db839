"""The rooms hold their clients weakly."""

from collections import defaultdict
from weakref import WeakSet

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
rooms: dict[str, WeakSet] = defaultdict(WeakSet)


class Teams:
    def __init__(self):
        self.teams = {}

    def join(self, name: str, client: WebSocket):
        self.teams.setdefault(name, WeakSet()).add(client)

    def part(self, name: str, client: WebSocket):
        self.teams[name].discard(client)


teams = Teams()


@app.websocket("/{name}")
async def endpoint(client: WebSocket, name: str):
    await client.accept()
    rooms[name].add(client)
    teams.join(name, client)
    try:
        while True:
            await client.send_json({"step": (await client.receive_json())["step"]})
    except WebSocketDisconnect:
        rooms[name].discard(client)
        teams.part(name, client)
