"""python-socketio, as its documentation has it: an AsyncServer in an ASGIApp."""

import socketio

from bench.servers import broker
from bench.servers.order import EVERYONE, JOINED, Order, joined_channels

manager = socketio.AsyncRedisManager(broker.redis) if broker.redis else None
sio = socketio.AsyncServer(async_mode="asgi", client_manager=manager)
app = socketio.ASGIApp(sio)


async def publish(channel: str, text: str) -> None:
    """To all clients, or to a room."""
    await sio.emit("message", text, room=None if channel == EVERYONE else channel)


@sio.event
async def everyone(sid: str, text: str) -> None:
    """Emit on order."""
    if order := Order.parse(text):
        await order.carry_out(publish)


@sio.event
async def channels(sid: str, text: str) -> None:
    """Enter the rooms that the client names."""
    for name in joined_channels(text):
        await sio.enter_room(sid, name)
    if order := Order.parse(text):
        await order.carry_out(publish)
    else:
        await sio.emit("message", JOINED, to=sid)


@sio.event
async def echo(sid: str, text: str) -> None:
    """Send back what came."""
    await sio.emit("message", text, to=sid)
