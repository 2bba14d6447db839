from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect


class Hub:
    peers: dict[str, WebSocket]

    def __init__(self) -> None:
        self.peers = {}

    def add(self, peer: WebSocket) -> str:
        key = f"{id(peer):x}"
        self.peers[key] = peer
        return key

    def drop(self, key: str) -> None:
        self.peers.pop(key, None)


hub = Hub()


async def relay(websocket):
    await websocket.accept()
    key = hub.add(websocket)
    try:
        while True:
            data = await websocket.receive_json()
            await hub.peers[data["to"]].send_json(data)
    except WebSocketDisconnect as gone:
        print("gone with", gone.code)
        hub.drop(key)  # here


app = Starlette(routes=[WebSocketRoute("/relay", relay)])
