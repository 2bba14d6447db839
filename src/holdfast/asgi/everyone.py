"""Between a backplane and the hub of one event loop; and the channel behind ``hf.broadcast``."""

import asyncio
import time
from typing import Any

from typing_extensions import override

from holdfast.asgi.connection import Connection
from holdfast.asgi.render import formed
from holdfast.backplane.port import (
    RESERVED,
    Backplane,
    HistoryPage,
    Message,
    Position,
    Publication,
    Sink,
)
from holdfast.errors import BackplaneUnavailable, ConfigurationError
from holdfast.hub.hub import Hub

EVERYONE = f"{RESERVED}everyone"
AGAIN = 1.0  # seconds


class Everyone(Sink):
    """Hands on to the hub, and subscribes the connections of handlers to ``EVERYONE``.

    In the memory backplane that channel begins with the first broadcast: an app that never
    broadcasts pays nothing for it. With a broker it is watched from the beginning on, so that
    nobody who has connected misses one.
    """

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._connections: dict[Connection[Any], None] = {}
        self._watched = False

    def add(self, conn: Connection[Any]) -> None:
        """Broadcasts reach it from now on."""
        self._connections[conn] = None
        self._subscribe(conn)

    def discard(self, conn: Connection[Any]) -> None:
        """It has gone."""
        self._connections.pop(conn, None)

    async def watch(self, backplane: Backplane) -> None:
        """Watch the channel, also if the broker is away at first."""
        self._watched = True
        while True:
            try:
                return await backplane.watch(EVERYONE)
            except (BackplaneUnavailable, ConfigurationError):  # which the keeper has logged
                await asyncio.sleep(AGAIN)

    @override
    def begin(self, channel: str, page: HistoryPage) -> None:
        if channel == EVERYONE and self._still_empty(page):
            return
        begun = self._hub.begin(channel, page)
        if channel == EVERYONE:
            begun.pinned = self._watched
            for conn in self._connections:
                self._subscribe(conn)

    @override
    def deliver(self, channel: str, epoch: str, publication: Publication) -> None:
        if channel == EVERYONE and channel not in self._hub.channels and self._connections:
            self.begin(channel, HistoryPage(Position(epoch, publication.offset - 1), ()))
        self._hub.deliver(channel, epoch, publication)

    @override
    def deliver_locally(self, channel: str, message: Message) -> None:
        publication = Publication(0, message.data, message.key, message.tags, time.time())
        self._hub.deliver(channel, "", publication)

    def _still_empty(self, page: HistoryPage) -> bool:
        """A log without a broadcast follows one without: every connection would be told, and most
        would come back at once, for nothing."""
        channel = self._hub.channels.get(EVERYONE)
        if channel is None or channel.log.head or page.position.offset:
            return False
        channel.log.epoch = page.position.epoch
        return True

    def _subscribe(self, conn: Connection[Any]) -> None:
        channel = self._hub.channels.get(EVERYONE)
        if channel is not None and EVERYONE not in conn.subscriptions:
            rendering = formed(conn.settings.rendering, conn.link)
            self._hub.subscribe(conn, channel, rendering)
