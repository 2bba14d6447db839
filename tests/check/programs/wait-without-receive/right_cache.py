"""Not every `get` waits for an event."""

from fastapi import FastAPI, WebSocket

app = FastAPI()


class Cache:
    async def get(self, key: str) -> str:
        return key


cache = Cache()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    for key in ("a", "b"):
        await websocket.send_text(await cache.get(key))
    await websocket.close()
