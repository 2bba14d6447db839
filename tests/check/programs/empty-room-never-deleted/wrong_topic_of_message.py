from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket

topics: dict[str, set[WebSocket]] = {}


async def subscriptions(conn: WebSocket) -> None:
    await conn.accept()
    mine = set()
    try:
        async for topic in conn.iter_text():
            mine.add(topic)
            topics.setdefault(topic, set()).add(conn)
    finally:
        for topic in mine:
            topics[topic].discard(conn)  # here


app = Starlette(routes=[WebSocketRoute("/", subscriptions)])
