from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket

players: dict[str, WebSocket] = {}


async def play(websocket: WebSocket) -> None:
    await websocket.accept()
    hello = await websocket.receive_json()
    name = hello["name"]
    players[name] = websocket
    try:
        async for move in websocket.iter_json():
            for player in list(players.values()):
                await player.send_json(move)
    finally:
        if name in players:
            del players[name]  # here


app = Starlette(routes=[WebSocketRoute("/play", play)])
