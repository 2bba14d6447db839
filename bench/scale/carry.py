"""One process' part in a Redis, without any clients: ``python -m bench.scale.carry TASK JSON``.

It measures its own CPU time and Redis', and prints one line of JSON.
"""

import asyncio
import json
import os
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from urllib.parse import urlsplit

import uvloop
from redis import Redis

from bench.process import cpu_seconds, memory
from holdfast.backplane.keeper import Keeper, Patience
from holdfast.backplane.opening import Opener
from holdfast.backplane.port import History, HistoryPage, Keeps, Message, Outage, Publication, Rule

AT_A_TIME = 256  # publications that wait for their answers
TURNS = 20  # rounds of that many before the clock is looked at
POLL, LOOK = 0.002, 0.02
LONG = 600.0  # seconds, instead of the deadlines for users
READY = "ready"


class Same:
    """All channels keep the same."""

    def __init__(self, size: int) -> None:
        self._keeps = History(size, 3600) if size else None

    def choice(self, channel: str) -> tuple[Keeps, Outage]:
        """What the channel keeps."""
        return self._keeps, "raise"

    def rules(self) -> Sequence[Rule]:
        """None: nobody outside publishes."""
        return ()


class Counter:
    """Counts what comes."""

    def __init__(self) -> None:
        self.count = 0

    def begin(self, channel: str, page: HistoryPage) -> None:
        """A channel is watched."""

    def deliver(self, channel: str, epoch: str, publication: Publication) -> None:
        """One more."""
        self.count += 1

    def deliver_locally(self, channel: str, message: Message) -> None:
        """Never asked for."""


class Given:
    """What the orchestrator says."""

    def __init__(self, found: dict[str, Any]) -> None:
        self.url = str(found["url"])
        self.broker = int(found["broker"])
        self.channels = int(found.get("channels", 1))
        self.count = int(found.get("count", 0))
        self.history = int(found.get("history", 0))
        self.listeners = int(found.get("listeners", 0))
        self.seconds = float(found.get("seconds", 3.0))
        self.message = Message("x" * 128)

    def name(self, number: int) -> str:
        """Of a channel."""
        return f"orders.{number % self.channels}"

    def asked(self) -> Any:
        """A client for questions about Redis."""
        return Redis.from_url(self.url, decode_responses=True)

    async def keeper(self, sink: Counter) -> Keeper:
        """Connected."""
        keeper = Opener(self.url, Same(self.history), Patience(LONG, LONG)).open()
        assert isinstance(keeper, Keeper)
        keeper.start(sink)
        await keeper.tried()
        return keeper


class Spent:
    """CPU since: of this process and of Redis, in µs for each of so many."""

    def __init__(self, broker: int) -> None:
        self._broker = broker
        self._own, self._its = time.process_time(), cpu_seconds(broker)
        self._clock = time.monotonic()

    def each(self, count: int) -> dict[str, float]:
        """The same, shared out."""
        passed = time.monotonic() - self._clock
        own, its = time.process_time() - self._own, cpu_seconds(self._broker) - self._its
        return {
            "count": count,
            "seconds": passed,
            "process_us": own * 1e6 / max(count, 1),
            "broker_us": its * 1e6 / max(count, 1),
        }


# --- tasks ---------------------------------------------------------------------------------------


async def publish(given: Given) -> dict[str, Any]:
    """Publish for a time, as fast as many callers can; then one after the other."""
    keeper = await given.keeper(Counter())
    listening = [await drain(given) for _ in range(given.listeners)]
    await burst(keeper, given, 0, AT_A_TIME * TURNS)
    spent, done, until = Spent(given.broker), 0, time.monotonic() + given.seconds
    while time.monotonic() < until:
        await burst(keeper, given, done, AT_A_TIME * TURNS)
        done += AT_A_TIME * TURNS
    found = spent.each(done)
    single, spent = 2000, Spent(given.broker)
    for number in range(single):
        await keeper.publish(given.name(number), given.message)
    await keeper.close()
    for task in listening:
        task.cancel()
    return {**found, "single": spent.each(single)}


async def burst(keeper: Keeper, given: Given, start: int, count: int) -> None:
    """So many publications, some at a time, channel after channel."""
    for first in range(start, start + count, AT_A_TIME):
        some = range(first, min(first + AT_A_TIME, start + count))
        await asyncio.gather(*(keeper.publish(given.name(one), given.message) for one in some))


async def drain(given: Given) -> "asyncio.Task[None]":
    """A further subscriber of the first channel, which reads and does no more."""
    reader, writer = await asyncio.open_connection("127.0.0.1", urlsplit(given.url).port)
    writer.write(f"SUBSCRIBE holdfast:to:{given.name(0)}\r\n".encode())
    await reader.readline()

    async def read() -> None:
        while not writer.is_closing() and await reader.read(1 << 18):
            pass

    return asyncio.create_task(read())


async def receive(given: Given) -> dict[str, Any]:
    """Watch channels; another process publishes so many messages."""
    counter = Counter()
    keeper = await given.keeper(counter)
    await watch(keeper, given)
    print(READY, flush=True)
    while not counter.count:
        await asyncio.sleep(POLL)
    first, spent = counter.count, Spent(given.broker)
    while counter.count < given.count:
        await asyncio.sleep(POLL)
    found = spent.each(counter.count - first)
    await keeper.close()
    return found


async def send(given: Given) -> dict[str, Any]:
    """The messages that ``receive`` waits for."""
    keeper = await given.keeper(Counter())
    spent = Spent(given.broker)
    await burst(keeper, given, 0, given.count)
    await keeper.close()
    return spent.each(given.count)


async def watch(keeper: Keeper, given: Given) -> None:
    """All channels."""
    for first in range(0, given.channels, 10_000):
        some = range(first, min(first + 10_000, given.channels))
        await asyncio.gather(*(keeper.watch(given.name(one)) for one in some))


async def outage(given: Given) -> dict[str, Any]:
    """Watch channels, lose the connection, and have them all again; then do nothing for a while."""
    keeper, asked = await given.keeper(Counter()), given.asked()
    its, own = used(given), memory_of_this()
    spent = Spent(given.broker)
    await watch(keeper, given)
    first = spent.each(given.channels)
    found = {
        "first": first,
        "broker_bytes": (used(given) - its) / given.channels,
        "process_bytes": (memory_of_this() - own) / given.channels,
    }
    spent = Spent(given.broker)
    before = keeper.health.outages
    for kind in ("normal", "pubsub"):
        asked.execute_command("CLIENT", "KILL", "TYPE", kind, "SKIPME", "yes")
    await until(lambda: keeper.health.outages > before)
    # Asked of Redis: the keeper takes publications before all is watched again.
    await until(lambda: int(asked.info("stats")["pubsub_channels"]) > given.channels, LOOK)
    found["again"] = spent.each(given.channels)
    found["idle"] = await idle(given)
    await keeper.close()
    return found


async def idle(given: Given) -> dict[str, float]:
    """Shares of a core, and calls per second, while nothing is published."""
    asked = given.asked()
    calls, spent = int(asked.info("stats")["total_commands_processed"]), Spent(given.broker)
    await asyncio.sleep(given.seconds)
    used = spent.each(1)
    made = int(asked.info("stats")["total_commands_processed"]) - calls - 1
    return {
        "process_share": used["process_us"] / 1e6 / used["seconds"],
        "broker_share": used["broker_us"] / 1e6 / used["seconds"],
        "calls": made / used["seconds"],
    }


async def keep(given: Given) -> dict[str, Any]:
    """Memory in Redis for channels with so many publications each, nobody watching."""
    keeper = await given.keeper(Counter())
    await burst(keeper, given, 0, given.channels)  # its own dictionaries have grown
    before = used(given)
    given.name = lambda number: f"parcels.{number % given.channels}"  # type: ignore[method-assign]
    await burst(keeper, given, 0, given.channels * given.count)
    grown = (used(given) - before) / given.channels
    await keeper.close()
    return {"bytes": grown, "channels": given.channels, "publications": given.count}


async def until(condition: Callable[[], bool], pause: float = POLL) -> None:
    """Wait for it."""
    while not condition():
        await asyncio.sleep(pause)


def used(given: Given) -> int:
    """Bytes that Redis has in use."""
    return int(given.asked().info("memory")["used_memory"])


def memory_of_this() -> int:
    """Resident bytes."""
    return memory(os.getpid())


TASKS: dict[str, Callable[[Given], Awaitable[dict[str, Any]]]] = {
    "publish": publish,
    "receive": receive,
    "send": send,
    "outage": outage,
    "keep": keep,
}


async def _main(task: str, given: str) -> None:
    print(json.dumps(await TASKS[task](Given(json.loads(given)))), flush=True)


if __name__ == "__main__":
    uvloop.run(_main(*sys.argv[1:]))
