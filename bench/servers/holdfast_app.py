"""Holdfast, with a handler function: a task for each connection."""

from fastapi import FastAPI

from bench.servers.order import EVERYONE, JOINED, Order, joined_channels
from holdfast import Connection, Holdfast

app = FastAPI()
hf = Holdfast(app)


@hf.websocket("/ws")
async def everyone(conn: Connection[str]) -> None:
    """Subscribe each client to one channel; publish there on order."""
    await conn.join(EVERYONE)
    async for text in conn:
        if order := Order.parse(text):
            await order.carry_out(hf.publish)


@hf.websocket("/channels")
async def channels(conn: Connection[str]) -> None:
    """Subscribe to the channels that the client names."""
    async for text in conn:
        for name in joined_channels(text):
            await conn.join(name)
        if order := Order.parse(text):
            await order.carry_out(hf.publish)
        else:
            await conn.send(JOINED)


@hf.websocket("/echo")
async def echo(conn: Connection[str]) -> None:
    """Send back what came."""
    async for text in conn:
        await conn.send(text)
