"""Holdfast."""

import asyncio

from fastapi import FastAPI

from bench.servers.order import Order
from holdfast import Connection, Holdfast

app = FastAPI()
hf = Holdfast(app)


@hf.websocket("/ws")
async def everyone(conn: Connection[str]) -> None:
    """Subscribe each client to one channel; publish there on order."""
    await conn.join("everyone")
    async for text in conn:
        if order := Order.parse(text):
            payload = "x" * order.size
            for number in range(order.messages):
                await hf.publish("everyone", payload)
                if order.ends_turn(number):
                    await asyncio.sleep(0)


@hf.websocket("/echo")
async def echo(conn: Connection[str]) -> None:
    """Send back what came."""
    async for text in conn:
        await conn.send(text)
