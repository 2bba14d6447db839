from collections import defaultdict

from starlette.websockets import WebSocket


class Topics:
    def __init__(self) -> None:
        self.subscribers = defaultdict(list)

    def subscribe(self, topic: str, conn: WebSocket) -> None:
        self.subscribers[topic].append(conn)

    async def unsubscribe(self, topic: str, conn: WebSocket) -> None:
        self.subscribers[topic].remove(conn)  # here
        if len(self.subscribers[topic]) == 0:
            self.subscribers.pop(topic)


topics = Topics()
