"""A queue and an ASGI receive are no WebSocket."""

from fastapi import FastAPI

app = FastAPI()


class Middleware:
    def __init__(self, app) -> None:
        self.app = app

    async def __call__(self, scope, receive, send) -> None:
        await self.app(scope, receive, send)


class Channel:
    async def receive(self) -> dict:
        return {}


async def drain(channel: Channel) -> None:
    while True:
        message = await channel.receive()
        if "text" in message:
            print(message["text"])


app.add_middleware(Middleware)
