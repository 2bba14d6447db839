import asyncio

try:
    import redis
except ImportError:
    redis = None
from fastapi import FastAPI, WebSocket

app = FastAPI()


async def forward(socket: WebSocket, channel: str):
    client = redis.Redis(host="localhost")
    pubsub = client.pubsub()
    pubsub.subscribe(channel)  # here
    while True:
        message = pubsub.get_message(timeout=1.0)  # here
        if message:
            await socket.send_text(message["data"])


@app.websocket("/feed/{channel}")
async def feed(socket: WebSocket, channel: str):
    await socket.accept()
    async with asyncio.TaskGroup() as group:
        task = group.create_task(forward(socket, channel))
        async for _ in socket.iter_text():
            pass
        task.cancel()
