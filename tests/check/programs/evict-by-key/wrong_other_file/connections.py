from starlette.websockets import WebSocket


class Connections:
    _sockets: dict[str, WebSocket]

    def __init__(self) -> None:
        self._sockets = {}

    async def add(self, client_id: str, socket: WebSocket) -> None:
        await socket.accept()
        self._sockets[client_id] = socket

    async def remove(self, client_id: str) -> None:
        self._sockets.pop(client_id, None)  # here


connections = Connections()
