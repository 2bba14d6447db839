from starlette.websockets import WebSocket


class Inboxes:
    def __init__(self) -> None:
        self._open: dict[str, WebSocket] = {}

    def open(self, owner: str, socket: WebSocket) -> None:
        self._open.update({owner: socket})

    def close(self, owner: str) -> None:
        self._open = {name: one for name, one in self._open.items() if name != owner}  # here


inboxes = Inboxes()
