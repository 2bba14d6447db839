from fastapi import FastAPI, WebSocket

app = FastAPI()


class LRUCache(dict):
    """Forgets what was not used for long."""


rooms: dict[str, set[WebSocket]] = LRUCache()


@app.websocket("/rooms/{name}")
async def endpoint(ws: WebSocket, name: str) -> None:
    await ws.accept()
    rooms.setdefault(name, set()).add(ws)
    try:
        async for text in ws.iter_text():
            await ws.send_text(text)
    finally:
        rooms[name].discard(ws)
