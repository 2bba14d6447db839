import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()


class Ride:
    def __init__(self, sock: WebSocket) -> None:
        self.sock = sock
        self.meter: asyncio.Task | None = None
        self.greeting: asyncio.Task | None = None

    async def run_meter(self) -> None:
        while True:
            await asyncio.sleep(10)
            await self.sock.send_text("more")

    async def greet(self) -> None:
        await self.sock.send_text("hello")

    def begin(self) -> None:
        self.meter = asyncio.create_task(self.run_meter())
        self.greeting = asyncio.create_task(self.greet())  # which ends by itself


async def follow(sock: WebSocket, car: str) -> None:
    while True:
        await sock.send_json({"car": car})
        await asyncio.sleep(1)


@app.websocket("/rides")
async def ride(sock: WebSocket) -> None:
    await sock.accept()
    one = Ride(sock)
    one.begin()
    followed: list[asyncio.Task] = []
    try:
        async for car in sock.iter_text():
            followed.append(asyncio.create_task(follow(sock, car)))
    finally:
        for task in (one.meter, *followed):
            if task is not None:
                task.cancel()
