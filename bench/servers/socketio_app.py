"""python-socketio, as its documentation has it: an AsyncServer in an ASGIApp."""

import asyncio

import socketio

from bench.servers.order import Order

sio = socketio.AsyncServer(async_mode="asgi")
app = socketio.ASGIApp(sio)


@sio.event
async def everyone(sid: str, text: str) -> None:
    """Emit to all clients on order."""
    if order := Order.parse(text):
        payload = "x" * order.size
        for number in range(order.messages):
            await sio.emit("message", payload)
            if order.ends_turn(number):
                await asyncio.sleep(0)


@sio.event
async def echo(sid: str, text: str) -> None:
    """Send back what came."""
    await sio.emit("message", text, to=sid)
