from fastapi import FastAPI, WebSocket

app = FastAPI()


class Basket:
    def __init__(self) -> None:
        self.items: list[str] = []

    def put(self, item: str) -> None:
        self.items.append(item)

    def remove(self, item: str) -> None:
        self.items.remove(item)


class Registry:
    """Its own ``remove`` does not mind who is not there."""

    def __init__(self) -> None:
        self.sockets: dict[int, WebSocket] = {}

    def add(self, socket: WebSocket) -> None:
        self.sockets[id(socket)] = socket

    def remove(self, socket: WebSocket) -> None:
        self.sockets.pop(id(socket), None)


class Service:
    def __init__(self) -> None:
        self.registry = Registry()

    def connect(self, socket: WebSocket) -> None:
        self.registry.add(socket)

    def disconnect(self, socket: WebSocket) -> None:
        self.registry.remove(socket)


service = Service()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket) -> None:
    await websocket.accept()
    service.connect(websocket)
    basket = Basket()
    try:
        async for text in websocket.iter_text():
            basket.put(text)
            basket.remove(text)
    finally:
        service.disconnect(websocket)
