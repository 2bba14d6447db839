"""Publishers: each numbers what it publishes on a channel, and remembers the answers."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Iterator, Sequence
from typing import Any, Literal, NamedTuple

from tests.chaos.wire import LOST, Wire

PAD = "." * 96

Outcome = Literal["accepted", "buffered", "refused", "unknown", "failed"]


class Sent(NamedTuple):
    """A publication that was asked for.

    ``accepted``: the call returned ``position``. ``buffered``: it returned none, and will follow.
    ``refused``: BackplaneUnavailable. ``unknown``: the worker died. ``failed``: anything else, with
    what in ``position``.
    """

    channel: str
    by: str
    number: int
    outcome: Outcome
    position: str
    started: float
    answered: float

    @property
    def id(self) -> str:
        return id_of(self.by, self.number)


def id_of(by: str, number: int) -> str:
    return f"{by}/{number}"


class Publisher:
    """One task's worth of publications, through one worker, at a steady pace.

    ``batch`` channels every ``every`` seconds, taken in turn from a shuffled list.
    """

    def __init__(
        self, name: str, wire: Wire, channels: Sequence[str], batch: int, chance: random.Random
    ) -> None:
        self.name = name
        self.sent: list[Sent] = []
        self.slowest = 0.0  # seconds that a publication took, where it was published
        self._wire = wire
        self._batch = batch
        self._numbers = dict.fromkeys(channels, 0)
        self._turns = self._turn(list(channels), chance)
        self._stopping = False

    async def run(self, every: float) -> None:
        """Publish until told to stop."""
        due = time.monotonic()
        while not self._stopping:
            await self.publish([next(self._turns) for _ in range(self._batch)])
            due = max(due + every, time.monotonic() - every)  # no burst to make up for an outage
            await asyncio.sleep(max(0.0, due - time.monotonic()))  # pacing

    def stop(self) -> None:
        """End after what is under way."""
        self._stopping = True

    def close(self) -> None:
        """Hang up."""
        self._wire.close()

    async def publish(self, channels: Sequence[str]) -> Sequence[Sent]:
        """One request; returns what became of it."""
        started = time.monotonic()
        items = [self._item(channel) for channel in channels]
        try:
            if not self._wire.pid:
                await self._wire.open()
            answer = await self._wire.ask("POST", "/publish", [item for _, item in items])
            answers: Sequence[Any] = answer.json["answers"]
            self.slowest = max(self.slowest, answer.json["slowest"])
        except LOST:
            answers = [None] * len(items)
        now = time.monotonic()
        sent = [
            Sent(item["channel"], self.name, number, *outcome(said), started, now)
            for (number, item), said in zip(items, answers, strict=True)
        ]
        self.sent += sent
        return sent

    def _item(self, channel: str) -> tuple[int, dict[str, Any]]:
        number = self._numbers[channel] = self._numbers[channel] + 1
        data = {"id": id_of(self.name, number), "at": time.monotonic(), "pad": PAD}
        return number, {"channel": channel, "data": data}

    def _turn(self, channels: list[str], chance: random.Random) -> Iterator[str]:
        while True:
            chance.shuffle(channels)
            yield from channels


def outcome(said: Any) -> tuple[Outcome, str]:
    """What an answer of the app's means."""
    if said is None:
        return "unknown", ""
    if isinstance(said, str):
        return ("accepted", said) if said else ("buffered", "")
    error = said["error"]
    return ("refused", "") if error == "unavailable" else ("failed", error)
