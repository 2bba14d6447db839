from abc import ABC, abstractmethod

from fastapi import FastAPI, WebSocket


class Transport(ABC):
    @abstractmethod
    async def publish(self, topic: str, text: str) -> None: ...


class Local(Transport):
    def __init__(self) -> None:
        self.topics: dict[str, list[str]] = {}

    async def publish(self, topic: str, text: str) -> None:
        self.topics.setdefault(topic, []).append(text)


class Bus:
    def __init__(self, transport: Transport) -> None:
        self.transport = transport

    def tell(self, topic: str, text: str) -> None:
        self.transport.publish(topic, text)  # here


bus = Bus(Local())
app = FastAPI()


@app.websocket("/topics/{topic}")
async def publish(websocket: WebSocket, topic: str) -> None:
    await websocket.accept()
    async for text in websocket.iter_text():
        bus.tell(topic, text)
