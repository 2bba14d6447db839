import os

from fastapi import FastAPI, WebSocket

app = FastAPI()
clients: set[WebSocket] = set()


async def relay() -> None:
    """Brings what any process published to the clients of this one."""
    from redis.asyncio import Redis

    async with Redis.from_url(os.environ["REDIS_URL"]).pubsub() as subscription:
        await subscription.subscribe("chat")
        async for message in subscription.listen():
            for client in list(clients):
                await client.send_text(str(message["data"]))


@app.websocket("/ws")
async def endpoint(ws: WebSocket) -> None:
    await ws.accept()
    clients.add(ws)
    try:
        async for _ in ws.iter_text():
            pass
    finally:
        clients.discard(ws)


if __name__ == "__main__":
    import uvicorn

    uvicorn.run("right_redis:app", workers=4)
