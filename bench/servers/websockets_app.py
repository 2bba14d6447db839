"""The websockets library's own server, and its ``broadcast``: ``websockets_app.py PORT``."""

import asyncio
import sys

from websockets.asyncio.server import ServerConnection, broadcast, serve

from bench.servers.loops import run
from bench.servers.order import Order

connections: set[ServerConnection] = set()


async def publish(_: str, text: str) -> None:
    """To everyone. It writes to each client's buffer and waits for none."""
    broadcast(connections, text)


async def handle(connection: ServerConnection) -> None:
    """Broadcast on order, or send back what came."""
    echo = connection.request is not None and connection.request.path == "/echo"
    if not echo:
        connections.add(connection)
    try:
        async for text in connection:
            if echo:
                await connection.send(text)
            elif order := Order.parse(str(text)):
                await order.carry_out(publish)
    finally:
        connections.discard(connection)


async def main(port: int) -> None:
    """Serve for ever."""
    async with serve(handle, "127.0.0.1", port, compression=None, backlog=4096):
        await asyncio.get_running_loop().create_future()


if __name__ == "__main__":
    run(main(int(sys.argv[1])))
