from fastapi import FastAPI, WebSocket

app = FastAPI()


async def connect():
    import redis.asyncio as redis

    return redis.Redis()


@app.websocket("/channel/{name}")
async def channel(websocket: WebSocket, name: str):
    await websocket.accept()
    client = await connect()
    pubsub = client.pubsub()
    await pubsub.subscribe(name)
    try:
        async for message in pubsub.listen():  # here
            if message["type"] == "message":
                await websocket.send_text(message["data"])
    finally:
        await pubsub.unsubscribe(name)
