from dataclasses import dataclass, field

from starlette.websockets import WebSocket


@dataclass
class Registry:
    sockets: set[WebSocket] = field(default_factory=set)

    def add(self, socket: WebSocket) -> None:
        self.sockets.add(socket)

    def remove(self, socket: WebSocket) -> None:
        self.sockets.discard(socket)


registry = Registry()
