"""A publisher outside of the workers: ``outside.py KIND``.

It publishes what each line of its input orders, as ``bench.servers.order`` has it, one message
after the other, each when the broker has accepted the last.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable

from bench.servers import broker
from bench.servers.loops import run
from bench.servers.order import Order

Publish = Callable[[str, str], Awaitable[object]]


def holdfast() -> Publish:
    """Holdfast's publisher for other programs."""
    from holdfast import AsyncPublisher

    return AsyncPublisher(broker.redis).publish


def socketio() -> Publish:
    """python-socketio's client manager, as its documentation has it for external processes."""
    from socketio import AsyncRedisManager

    manager = AsyncRedisManager(broker.redis, write_only=True)

    async def publish(channel: str, text: str) -> None:
        await manager.emit("message", text)

    return publish


def django() -> Publish:
    """The channel layer."""
    from bench.servers.django_app import publish

    return publish


KINDS = {"holdfast": holdfast, "socketio": socketio, "django": django}


async def main(kind: str) -> None:
    """Until the input ends."""
    publish = KINDS[kind]()
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        if order := Order.parse(line.strip()):
            await order.carry_out(publish)


if __name__ == "__main__":
    run(main(sys.argv[1]))
