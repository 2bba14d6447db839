"""Connect and disconnect, tens of thousands of times and in every way; then nothing may be left.

The cycles run in legs. After each the server rests until nobody is connected: descriptors, tasks
and registries must be as they were before anybody came. Resident memory is sampled all the time.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NamedTuple

import msgspec

from holdfast.testing import until
from tests.endurance.counts import left_over, resident
from tests.endurance.logs import of_ours
from tests.support.http import get_json
from tests.support.servers import ROOT, Server

SAMPLE = 0.5  # seconds between two looks at the memory
REST = 20.0  # seconds until nothing of a leg is left
WANTED = "the handler failed, as the test wants it"


class Plan(NamedTuple):
    """How much."""

    cycles: int
    legs: int
    processes: int = 2
    at_once: int = 80
    """Clients of one process."""
    seed: int = 1


class Sample(NamedTuple):
    """Resident bytes of the server, when so many cycles were over."""

    cycles: int
    resident: int


class Rest(msgspec.Struct):
    """The server after a leg, and after a full collection of garbage."""

    cycles: int
    resident: int
    blocks: int
    """That Python has allocated: one is a small object."""
    left: dict[str, Any]
    """What is not as it was, and how much of it there is now."""


class Soaking:
    """A server that nobody has been connected to yet, and what wears it out."""

    def __init__(
        self, server: Server, plan: Plan, progress: Callable[[Soaking], Any] = lambda found: None
    ) -> None:
        self.plan = plan
        self.seconds = 0.0
        self.done: Counter[str] = Counter()
        self.wrong: Counter[str] = Counter()
        """What clients saw and should not have, and how often."""
        self.samples: list[Sample] = []
        self.rests: list[Rest] = []
        self.log: list[str] = []
        """What the server logged and should not have."""
        self._server = server
        self._progress = progress
        self._leg: dict[int, int] = {}  # what its processes have told so far
        self._before: dict[str, Any] = {}

    @property
    def cycles(self) -> int:
        """How many are over."""
        return self.done.total() + sum(self._leg.values())

    async def run(self) -> None:
        start = time.monotonic()
        await self._rest()
        for leg in range(self.plan.legs):
            sampling = asyncio.create_task(self._sample())
            try:
                await self._run_leg(leg)
            finally:
                sampling.cancel()
            await self._rest()
        self.seconds = time.monotonic() - start
        self.log = [one for one in of_ours(self._server.text) if WANTED not in one]

    async def _run_leg(self, leg: int) -> None:
        """A share of the cycles, in processes of their own: the server needs its core."""
        numbers = range(self.plan.processes)
        for said in await asyncio.gather(*(self._run_clients(leg, number) for number in numbers)):
            self.done += Counter(said["done"])
            self.wrong += Counter(said["wrong"])
        self._leg.clear()

    async def _run_clients(self, leg: int, number: int) -> Any:
        plan = self.plan
        share = plan.cycles // plan.legs // plan.processes
        seed = plan.seed * 10_000 + leg * 100 + number
        source = f"127.0.0.{2 + number}"  # so that ports suffice, with minutes of TIME-WAIT each
        arguments = (self._server.port, share, plan.at_once, seed, source)
        process = await clients(*map(str, arguments))
        try:
            assert process.stdout is not None
            async for line in process.stdout:
                said = json.loads(line)
                if not isinstance(said, int):
                    return said
                self._leg[number] = said
        finally:
            with suppress(ProcessLookupError):
                process.terminate()
            await process.wait()
        raise RuntimeError("a process of clients ended before its work")

    async def _sample(self) -> None:
        while True:
            self.samples.append(Sample(self.cycles, resident(self._server.process.pid)))
            self._progress(self)
            await asyncio.sleep(SAMPLE)  # polling

    async def _rest(self) -> None:
        """Wait until all is as before; what is not is noted."""
        before = self._before

        async def is_as_before() -> bool:
            return not before or not left_over(await get_json(self._server.port, "/state"), before)

        with suppress(TimeoutError):
            await until(is_as_before, REST)
        now = await get_json(self._server.port, "/rest")
        self._before = before or now
        left = left_over(now, self._before)
        self.rests.append(Rest(self.cycles, now["resident"], now["blocks"], left))


async def clients(*arguments: str) -> Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.endurance.clients",
        *arguments,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'src'}"},
        stdout=PIPE,
    )
