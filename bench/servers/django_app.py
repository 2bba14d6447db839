"""Django Channels: consumers, and groups over the in-memory layer or one of channels_redis."""

import django
from channels.generic.websocket import AsyncWebsocketConsumer
from channels.layers import get_channel_layer
from channels.routing import ProtocolTypeRouter, URLRouter
from django.conf import settings
from django.urls import path

from bench.servers import broker
from bench.servers.order import EVERYONE, JOINED, Order, joined_channels

CAPACITY = 100_000  # messages that a channel keeps for a consumer; above it drops them
CONFIG: dict[str, object] = {"capacity": CAPACITY}
if broker.redis:
    # By default redis-py 8 gives up after the 5 s for which the layer waits, and has no more than
    # 100 connections: both end consumers.
    host = {"address": broker.redis, "socket_timeout": None, "max_connections": CAPACITY}
    CONFIG["hosts"] = [host]
MEMORY = "channels.layers.InMemoryChannelLayer"
LAYER = {"BACKEND": broker.layer or MEMORY, "CONFIG": CONFIG}

settings.configure(
    SECRET_KEY="of no use",
    INSTALLED_APPS=["channels"],
    CHANNEL_LAYERS={"default": LAYER},
)
django.setup()


async def publish(channel: str, text: str) -> None:
    """To a group."""
    await get_channel_layer().group_send(channel, {"type": "news", "text": text})


class Everyone(AsyncWebsocketConsumer):
    """One group for all; publish on order."""

    groups = (EVERYONE,)

    async def receive(self, text_data: str = "", bytes_data: bytes | None = None) -> None:
        if order := Order.parse(text_data):
            await order.carry_out(publish)

    async def news(self, event: dict[str, str]) -> None:
        """What came over the layer."""
        await self.send(text_data=event["text"])


class Channels(Everyone):
    """The groups that the client names."""

    groups = ()

    async def receive(self, text_data: str = "", bytes_data: bytes | None = None) -> None:
        for name in joined_channels(text_data):
            await self.channel_layer.group_add(name, self.channel_name)
        if text_data.startswith("join"):
            await self.send(text_data=JOINED)
        await super().receive(text_data)


class Echo(AsyncWebsocketConsumer):
    """Send back what came."""

    async def receive(self, text_data: str = "", bytes_data: bytes | None = None) -> None:
        await self.send(text_data=text_data)


routes = [
    path("ws", Everyone.as_asgi()),
    path("channels", Channels.as_asgi()),
    path("echo", Echo.as_asgi()),
]
app = ProtocolTypeRouter({"websocket": URLRouter(routes)})
