"""Litestar with its channels plugin."""

from collections.abc import Sequence
from typing import Any

from litestar import Litestar, WebSocket, websocket
from litestar.channels import ChannelsPlugin
from litestar.channels.backends.memory import MemoryChannelsBackend
from litestar.exceptions import WebSocketDisconnect

from bench.servers.order import EVERYONE, JOINED, Order, joined_channels

plugin = ChannelsPlugin(backend=MemoryChannelsBackend(), arbitrary_channels_allowed=True)


async def publish(channel: str, text: str) -> None:
    """Queue for the plugin's own task."""
    plugin.publish(text, channel)


async def follow(socket: "WebSocket[Any, Any, Any]", names: Sequence[str]) -> None:
    """Subscribe; publish on order."""
    async with (
        plugin.start_subscription(names) as subscriber,
        subscriber.run_in_background(socket.send_text),
    ):
        await socket.send_text(JOINED)
        while True:
            if order := Order.parse(await socket.receive_text()):
                await order.carry_out(publish)


@websocket("/ws")
async def everyone(socket: "WebSocket[Any, Any, Any]") -> None:
    """One channel for all."""
    await socket.accept()
    try:
        await follow(socket, [EVERYONE])
    except WebSocketDisconnect:
        pass


@websocket("/channels")
async def channels(socket: "WebSocket[Any, Any, Any]") -> None:
    """The channels that the client names."""
    await socket.accept()
    try:
        await follow(socket, joined_channels(await socket.receive_text()))
    except WebSocketDisconnect:
        pass


@websocket("/echo")
async def echo(socket: "WebSocket[Any, Any, Any]") -> None:
    """Send back what came."""
    await socket.accept()
    try:
        while True:
            await socket.send_text(await socket.receive_text())
    except WebSocketDisconnect:
        pass


app = Litestar([everyone, channels, echo], plugins=[plugin])
