"""What a client asks of a server under test, as one line of text."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from bench.servers.lag import watch

STAMP = 20  # digits of the time of sending, in front of each payload
EVERYONE = "everyone"


class Order(NamedTuple):
    """Broadcast ``messages`` messages of ``size`` characters, ``per_turn`` in each loop turn.

    ``per_turn`` 0 never gives the loop a turn by itself: a tight loop. With ``pace`` a turn begins
    every so many milliseconds, or as soon as the last one is over; ``watch`` 1 measures the loop's
    lag meanwhile. Message after message goes to each of ``channels`` channels in turn; 0: to the
    one that all are in.
    """

    messages: int
    size: int
    per_turn: int = 1
    pace: int = 0
    watch: int = 0
    channels: int = 0

    @classmethod
    def parse(cls, text: str) -> "Order | None":
        """Read ``go:MESSAGES:SIZE...``, the rest as far as given; None for anything else."""
        word, *numbers = text.split(":")
        return cls(*map(int, numbers)) if word == "go" else None

    @property
    def text(self) -> str:
        """The line itself."""
        return ":".join(["go", *map(str, self)])

    def ends_turn(self, number: int) -> bool:
        """Whether the loop gets a turn after message ``number``, counted from 0."""
        return self.per_turn > 0 and (number + 1) % self.per_turn == 0

    def channel(self, number: int) -> str:
        """Where message ``number`` goes."""
        return f"c{number % self.channels}" if self.channels else EVERYONE

    def payload(self) -> str:
        """A message: the time, and as many x as it takes."""
        return f"{time.monotonic_ns():0{STAMP}d}".ljust(self.size, "x")[: self.size]

    async def carry_out(self, publish: "Callable[[str, str], Awaitable[object]]") -> None:
        """Publish it all: ``publish(channel, text)`` for each message."""
        if self.watch:
            watch()
        due = time.monotonic()
        for number in range(self.messages):
            await publish(self.channel(number), self.payload())
            if self.ends_turn(number):
                due += self.pace / 1000
                await asyncio.sleep(max(0.0, due - time.monotonic()) if self.pace else 0)


def joined_channels(text: str) -> list[str]:
    """The channels that ``join:START:COUNT:ALL`` names; none for any other text."""
    word, *numbers = text.split(":")
    if word != "join":
        return []
    start, count, every = map(int, numbers)
    return [f"c{number % every}" for number in range(start, start + count)]


JOINED = "joined"
"""The answer to ``join``."""
