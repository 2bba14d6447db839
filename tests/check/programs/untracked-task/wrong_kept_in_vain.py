import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()


class Ride:
    def __init__(self, sock: WebSocket) -> None:
        self.sock = sock
        self.meter = None

    async def run_meter(self) -> None:
        fare = 0
        while True:
            await asyncio.sleep(10)
            fare += 1
            await self.sock.send_json({"fare": fare})

    def begin(self) -> None:
        self.meter = asyncio.create_task(self.run_meter())  # here

    async def drive(self) -> None:
        async for place in self.sock.iter_text():
            await self.sock.send_text(f"near {place}")


@app.websocket("/rides")
async def ride(sock: WebSocket) -> None:
    await sock.accept()
    one = Ride(sock)
    one.begin()
    await one.drive()


async def follow(sock: WebSocket, car: str) -> None:
    while True:
        await sock.send_json({"car": car})
        await asyncio.sleep(1)


@app.websocket("/cars")
async def cars(sock: WebSocket) -> None:
    await sock.accept()
    followed = []
    async for car in sock.iter_text():
        followed.append(asyncio.create_task(follow(sock, car)))  # here
        await sock.send_text(f"{len(followed)} cars")
