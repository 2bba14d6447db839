"""Holdfast, with ``Endpoint`` classes: on its own server a connection needs no task."""

from fastapi import FastAPI

from bench.servers import broker
from bench.servers.order import EVERYONE, JOINED, Order, joined_channels
from holdfast import Connection, Endpoint, History, Holdfast

app = FastAPI()
hf = Holdfast(app, backplane=broker.redis or "memory://")
if broker.history:
    hf.channel(EVERYONE, history=History(size=100, ttl=300))


@hf.websocket("/ws")
class Everyone(Endpoint[str]):
    """Subscribe each client to one channel; publish there on order."""

    async def on_connect(self, conn: Connection[str]) -> None:
        await conn.join(EVERYONE)

    async def on_message(self, conn: Connection[str], message: str) -> None:
        if order := Order.parse(message):
            await order.carry_out(hf.publish)


@hf.websocket("/channels")
class Channels(Endpoint[str]):
    """Subscribe to the channels that the client names."""

    async def on_message(self, conn: Connection[str], message: str) -> None:
        for name in joined_channels(message):
            await conn.join(name)
        if order := Order.parse(message):
            await order.carry_out(hf.publish)
        else:
            await conn.send(JOINED)


@hf.websocket("/echo")
class Echo(Endpoint[str]):
    """Send back what came."""

    async def on_message(self, conn: Connection[str], message: str) -> None:
        await conn.send(message)
