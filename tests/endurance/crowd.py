"""A process of clients that answer pings, and do nothing else.

``python -m tests.endurance.crowd PORT PATH COUNT SOURCE`` says how they are, as JSON, a line a
second, until its standard input ends.
"""

from __future__ import annotations

import asyncio
import json
import sys

from holdfast.testing import Peer

AT_ONCE = 100  # handshakes
TELL = 1.0  # seconds between two lines
PATIENCE = 60.0  # seconds for a handshake on a busy machine


class Crowd:
    """So many connections."""

    def __init__(self, port: int, path: str, source: str) -> None:
        self._port = port
        self._path = path
        self._source = source
        self._peers: list[Peer] = []

    async def fill(self, count: int) -> None:
        left = iter(range(count))

        async def connect() -> None:
            for _ in left:
                peer = await Peer.connect(
                    self._port, self._path, source=self._source, timeout=PATIENCE
                )
                self._peers.append(peer)

        async with asyncio.TaskGroup() as group:
            for _ in range(AT_ONCE):
                group.create_task(connect())

    @property
    def state(self) -> dict[str, int]:
        """How many came, how many are open, and how many pings all of them have answered."""
        return {
            "came": len(self._peers),
            "open": sum(not peer.ended.is_set() for peer in self._peers),
            "pings": sum(peer.pings for peer in self._peers),
        }


async def run(port: int, path: str, count: int, source: str) -> None:
    crowd = Crowd(port, path, source)
    filling = asyncio.create_task(crowd.fill(count))
    over = asyncio.create_task(asyncio.to_thread(sys.stdin.read))
    while not over.done():
        if filling.done():
            filling.result()  # raises what went wrong
        sys.stdout.write(f"{json.dumps(crowd.state)}\n")
        sys.stdout.flush()
        await asyncio.wait([over], timeout=TELL)


if __name__ == "__main__":
    asyncio.run(run(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4]))
