"""A process of clients: ``python -m tests.endurance.clients PORT CYCLES AT_ONCE SEED SOURCE``.

Prints how many cycles are over, a number a line, and at last what happened, as JSON.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
from collections import Counter

from tests.endurance.ways import WAYS, Visit

TELL = 50  # cycles between two lines


class Clients:
    """So many at once, until so many cycles are over."""

    def __init__(self, port: int, cycles: int, seed: int, source: str) -> None:
        self._port = port
        self._left = cycles
        self._chance = random.Random(seed)
        self._source = source
        self.done: Counter[str] = Counter()
        self.wrong: Counter[str] = Counter()

    async def run(self, at_once: int) -> None:
        async with asyncio.TaskGroup() as group:
            for _ in range(at_once):
                group.create_task(self._visit())

    async def _visit(self) -> None:
        ways, weights = list(WAYS), list(WAYS.values())
        while self._left > 0:
            self._left -= 1
            chance = random.Random(self._chance.randrange(1 << 60))
            (way,) = chance.choices(ways, weights)
            try:
                await way(Visit(self._port, self._source, chance))
            except Exception as error:
                self.wrong[f"{way.__name__}: {type(error).__name__}: {error}"[:200]] += 1
            self.done[way.__name__] += 1
            if self.done.total() % TELL == 0:
                say(self.done.total())


def say(what: object) -> None:
    sys.stdout.write(f"{json.dumps(what)}\n")
    sys.stdout.flush()


def main(arguments: list[str]) -> None:
    port, cycles, at_once, seed = map(int, arguments[:4])
    clients = Clients(port, cycles, seed, arguments[4])
    asyncio.run(clients.run(at_once))
    say({"done": clients.done, "wrong": clients.wrong})


if __name__ == "__main__":
    main(sys.argv[1:])
