"""The application's state, a class attribute, dicts of dicts of lists, a NamedTuple."""

from typing import NamedTuple

from fastapi import FastAPI, Request, WebSocket
from starlette.endpoints import WebSocketEndpoint

app = FastAPI()
app.state.connections = []
games: dict = {}


class Player(NamedTuple):
    sock: WebSocket
    name: str


lobby: dict[int, Player] = {}


@app.websocket("/state")
async def state(websocket: WebSocket):
    await websocket.accept()
    websocket.app.state.connections.append(websocket)
    async for text in websocket.iter_text():
        for other in websocket.app.state.connections:  # here
            await other.send_text(text)


@app.post("/notify")
async def notify(request: Request):
    for other in request.app.state.connections:  # here
        await other.send_text("news")


@app.websocket("/game/{name}")
async def play(ws: WebSocket, name: str):
    await ws.accept()
    game = games.setdefault(name, {"players": [], "moves": []})
    game["players"].append(ws)
    async for move in ws.iter_json():
        for player in game["players"]:  # here
            await player.send_json(move)


@app.websocket("/lobby")
async def wait(ws: WebSocket):
    await ws.accept()
    lobby[id(ws)] = Player(ws, "ann")

    async def shout(text):
        for player in lobby.values():  # here
            await player.sock.send_text(text)

    try:
        async for text in ws.iter_text():
            await shout(text)
    finally:
        del lobby[id(ws)]


@app.websocket_route("/chat")
class Chat(WebSocketEndpoint):
    encoding = "text"
    clients = set()

    async def on_connect(self, websocket):
        await websocket.accept()
        self.clients.add(websocket)

    async def on_receive(self, websocket, data):
        for client in Chat.clients:  # here
            await client.send_text(data)

    async def on_disconnect(self, websocket, close_code):
        self.clients.discard(websocket)
