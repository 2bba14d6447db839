"""What goes wrong: each case breaks something under load, and mends it again."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import time
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal, Protocol

from tests.chaos.proxy import Direction, Proxy
from tests.support.redis import Persistence, RedisServer

HUNG = 15.0  # seconds of SIGSTOP, and of the proxy's whims
NOTICED = 10.0  # seconds within which a hung broker must be noticed

OVERTAKING = 30  # publications of a channel: more than two seconds of the load

Log = Literal["same", "new"]
"""Whether the broker comes back with the log it had, or with another."""


class Stage(Protocol):
    """What a fault is done to."""

    redis: RedisServer
    proxy: Proxy | None
    chance: random.Random
    short: bool

    def note(self, what: str) -> None:
        """Remember that this happened now."""

    async def publish_outside(self, count: int) -> None:
        """So many publications on each channel, by a process that is no worker."""

    def broke(self, what: str) -> None:
        """The same, and that from now on the broker cannot be relied on."""

    def mended(self, what: str) -> None:
        """The same, and that from now on everybody must recover."""

    @property
    def workers(self) -> Sequence[int]:
        """The pids of the workers that serve."""


Fault = Callable[[Stage], Coroutine[Any, Any, None]]


@dataclass(frozen=True)
class Case:
    """A fault, and what must hold after it.

    ``log``: "same" means complete: nothing lost, nothing told incomplete; "new": everyone is told.
    ``hangs``: every worker's readiness must turn false within ``NOTICED`` seconds of the fault.
    ``away``: whether each worker must have said that the broker was away, and is back.
    """

    name: str
    what: str
    fault: Fault
    log: Log = "same"
    persistence: Persistence = "none"
    proxied: bool = False
    hangs: bool = False
    away: bool = True
    kills_workers: bool = False


async def in_thread(call: Callable[[], Any]) -> None:
    """The subscribers read on meanwhile."""
    await asyncio.to_thread(call)


def downtime(stage: Stage) -> float:
    """Seconds; longer than a publisher waits, now and then."""
    if stage.short:
        return stage.chance.uniform(0.5, 1.5)
    return stage.chance.choice((0.0, 1.0, 3.0, 9.0)) + stage.chance.uniform(0.0, 1.0)


async def kill(stage: Stage) -> None:
    stage.broke("kill -9 of redis-server")
    await in_thread(stage.redis.kill)
    await asyncio.sleep(downtime(stage))  # pacing
    await in_thread(stage.redis.start)
    stage.mended("redis-server is back")


async def kill_twice(stage: Stage) -> None:
    """The second time while they are about to recover, in half of the long rounds."""
    await kill(stage)
    if not stage.short and stage.chance.random() < 0.5:
        await asyncio.sleep(stage.chance.uniform(0.0, 1.0))  # pacing
        await kill(stage)


async def kill_after_snapshot(stage: Stage) -> None:
    stage.note("SAVE")
    await in_thread(lambda: stage.redis.call("SAVE"))
    await asyncio.sleep(stage.chance.uniform(1.0, 2.0))  # pacing: this is what will be lost
    await kill(stage)


async def overtake(stage: Stage) -> None:
    """The offsets go back and come again, for others, before any worker looks: only a tag tells."""
    stage.note("SAVE")
    await in_thread(lambda: stage.redis.call("SAVE"))
    await asyncio.sleep(stage.chance.uniform(1.0, 2.0))  # pacing: this is what will be lost
    for pid in stage.workers:
        os.kill(pid, signal.SIGSTOP)
    try:
        stage.broke("kill -9 of redis-server, while the workers are stopped")
        await in_thread(stage.redis.kill)
        await in_thread(stage.redis.start)
        await stage.publish_outside(OVERTAKING)
    finally:
        for pid in stage.workers:
            os.kill(pid, signal.SIGCONT)
    stage.mended("the logs are longer than before, and the workers go on")


async def pause(stage: Stage) -> None:
    stage.broke("SIGSTOP of redis-server")
    stage.redis.pause()
    await asyncio.sleep(HUNG)  # pacing
    stage.redis.resume()
    stage.mended("SIGCONT")


async def kill_worker(stage: Stage) -> None:
    victims = stage.chance.sample(sorted(stage.workers), 1 if stage.short else 2)
    for pid in victims:
        stage.broke(f"kill -9 of worker {pid}")
        os.kill(pid, signal.SIGKILL)
        stage.mended("uvicorn starts another")
        await asyncio.sleep(stage.chance.uniform(0.5, 1.5))  # pacing


async def flush(stage: Stage) -> None:
    """All data gone under living connections."""
    stage.broke("FLUSHALL")
    await in_thread(lambda: stage.redis.call("FLUSHALL"))
    stage.mended("FLUSHALL is done")


async def cut_one_kind(stage: Stage) -> None:
    """The connection that listens ends and the other stays, and the other way round."""
    for kind in stage.chance.sample(["pubsub", "normal", "pubsub", "normal"], 4):
        stage.broke(f"CLIENT KILL TYPE {kind}")
        await in_thread(partial(stage.redis.call, "CLIENT", "KILL", "TYPE", kind))
        stage.mended("they may connect again")
        await asyncio.sleep(stage.chance.uniform(0.3, 1.5))  # pacing


# -- the network -----------------------------------------------------------------------------------


async def bad_network(stage: Stage) -> None:
    """Each whim of the proxy once at least, in any order, for ``HUNG`` seconds."""
    proxy, chance = stage.proxy, stage.chance
    assert proxy is not None
    end = time.monotonic() + HUNG
    whims = [drop, delay, truncate, stall_up, stall_down, refuse]
    chance.shuffle(whims)
    if not stage.short and chance.random() < 0.5:
        whims.insert(0, chance.choice([long_stall_up, long_stall_down]))
    while whims or time.monotonic() < end:
        whim = whims.pop() if whims else chance.choice([drop, delay, truncate])
        stage.broke(f"proxy: {whim.__name__}")
        await whim(proxy, chance)
        await proxy.heal()
        await asyncio.sleep(chance.uniform(0.1, 0.8))  # pacing
    await proxy.drop()
    stage.mended("proxy: healed")


async def drop(proxy: Proxy, chance: random.Random) -> None:
    await proxy.drop()


async def delay(proxy: Proxy, chance: random.Random) -> None:
    proxy.delay = chance.uniform(0.05, 0.8)
    await asyncio.sleep(chance.uniform(1.0, 2.5))  # pacing


async def truncate(proxy: Proxy, chance: random.Random) -> None:
    proxy.truncate = chance.uniform(0.02, 0.3)
    await asyncio.sleep(chance.uniform(0.8, 1.5))  # pacing


async def refuse(proxy: Proxy, chance: random.Random) -> None:
    proxy.refuses = True
    await proxy.drop()
    await asyncio.sleep(chance.uniform(0.5, 1.5))  # pacing


Whim = Callable[[Proxy, random.Random], Coroutine[Any, Any, None]]


def stalling(name: str, direction: Direction, least: float, most: float) -> Whim:
    async def stall(proxy: Proxy, chance: random.Random) -> None:
        await proxy.stall(direction)
        await asyncio.sleep(chance.uniform(least, most))  # pacing

    stall.__name__ = name
    return stall


stall_up = stalling("stall_up", "up", 1.0, 3.5)
stall_down = stalling("stall_down", "down", 1.0, 3.5)
long_stall_up = stalling("long_stall_up", "up", 11.0, 14.0)
long_stall_down = stalling("long_stall_down", "down", 11.0, 14.0)


CASES = {
    case.name: case
    for case in (
        Case("kill", "kill -9, restart with appendfsync always", kill_twice, persistence="always"),
        Case(
            "stale",
            "kill -9, restart with an older snapshot",
            kill_after_snapshot,
            log="new",
            persistence="snapshots",
        ),
        Case(
            "overtaken",
            "kill -9, restart with an older snapshot, which outgrows what is known of it",
            overtake,
            log="new",
            persistence="snapshots",
        ),
        Case("empty", "kill -9, restart with empty data", kill, log="new"),
        Case("hung", f"SIGSTOP for {HUNG:g} s", pause, hangs=True),
        Case(
            "proxy",
            "a proxy that drops, delays, stalls, truncates",
            bad_network,
            proxied=True,
        ),
        Case("worker", "a worker killed with -9", kill_worker, away=False, kills_workers=True),
        Case("flush", "FLUSHALL under living connections", flush, log="new", away=False),
        Case("cut", "one kind of connection cut, the other not", cut_one_kind, away=False),
    )
}
