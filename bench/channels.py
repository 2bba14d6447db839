"""Memory of channels that nothing happens on: ``python -m bench.channels COUNT``.

A hub of its own, no sockets: so many channels with one subscriber each. Every connection is in a
thousand of them, so that what is measured are channels and subscriptions. Prints one line of JSON.
"""

import asyncio
import gc
import json
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any

from bench.process import memory
from holdfast.backplane.port import HistoryPage, Position
from holdfast.hub.channel import Connection
from holdfast.hub.hub import Hub
from holdfast.hub.link import Batch, Rendering
from holdfast.hub.options import OptionTable

PER_CONNECTION = 1000
FIRST = 1000  # channels made before memory is looked at


class Nowhere:
    """A link that takes everything."""

    paused = False
    outbox = 0
    on_writable: Callable[[], None]

    def write(self, batches: Sequence[Batch]) -> None:
        pass

    def close(self, code: int, reason: str) -> None:
        pass

    def abort(self) -> None:
        pass


class Plain(Rendering):
    """Nothing is ever rendered."""

    def render(self, batch: Batch) -> Any:
        return batch.publications


def subscribe(hub: Hub, start: int, count: int, rendering: Rendering) -> None:
    """Channels from number ``start`` on."""
    connection = None
    for number in range(start, start + count):
        if connection is None or number % PER_CONNECTION == 0:
            connection = Connection(f"n{number}", Nowhere())
            hub.open(connection)
        channel = hub.begin(f"orders.{number}", HistoryPage(Position("epoch", 0), ()))
        hub.subscribe(connection, channel, rendering)


async def measure(count: int) -> float:
    """KB of resident memory per channel."""
    hub, rendering = Hub(asyncio.get_running_loop(), OptionTable()), Plain()
    subscribe(hub, 0, FIRST, rendering)
    gc.collect()
    before = memory(os.getpid())
    subscribe(hub, FIRST, count, rendering)
    gc.collect()
    return (memory(os.getpid()) - before) / 1024 / count


if __name__ == "__main__":
    number = int(sys.argv[1])
    print(json.dumps({"kb": asyncio.run(measure(number)), "channels": number}))
