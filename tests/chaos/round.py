"""One round: workers over a Redis, subscribers, a load, a fault; then everybody must settle."""

from __future__ import annotations

import asyncio
import json
import random
import re
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, NamedTuple

import psutil
from redis import Redis

from holdfast import AsyncPublisher
from holdfast.testing import until
from tests.chaos.cases import Case
from tests.chaos.load import Publisher, Sent, id_of
from tests.chaos.proxy import Proxy
from tests.chaos.recorder import OVERFLOWS, Habit, Recorder, spread
from tests.chaos.serving import Workers
from tests.chaos.trace import Trace
from tests.chaos.verdicts import Entry, Log
from tests.chaos.wire import LOST, Wire, one_each
from tests.support.redis import RedisServer, Settings

PREFIX = "chaos"
ID = re.compile(rb'"id":"([^"]+)"')
WARM, LAST, OUTSIDE = "warm", "last", "outside"  # publishers that are not the load
LOOK = 0.1  # seconds between two looks at a worker's readiness
SETTLE = 30.0  # seconds that everybody has, from the end of the load on


class Plan(NamedTuple):
    """How large a round is. Times in seconds."""

    workers: int = 4
    kept: int = 30
    buffered: int = 10
    plain: int = 10
    subscribers: int = 24
    channels_each: int = 25
    late: int = 4
    """Subscribers that come while the broker is away, and ask for all that is kept."""
    publishers: int = 8
    batch: int = 5
    every: float = 0.2
    before: float = 3.0
    after: float = 5.0
    short: bool = False

    def channels(self) -> list[str]:
        kinds = {"kept": self.kept, "buffered": self.buffered, "plain": self.plain}
        return [f"{kind}.{n}" for kind, count in kinds.items() for n in range(count)]


SHORT = Plan(
    kept=16,
    buffered=6,
    plain=6,
    subscribers=12,
    channels_each=14,
    late=2,
    publishers=4,
    before=1.5,
    after=3.0,
    short=True,
)


class Look(NamedTuple):
    """What /readyz said."""

    at: float
    pid: int
    ready: bool


class Round:
    """The stage of a case, and everything that was seen on it."""

    def __init__(self, case: Case, plan: Plan, seed: int, folder: Path) -> None:
        self.case = case
        self.plan = plan
        self.seed = seed
        self.chance = random.Random(f"{case.name}-{seed}")
        self.short = plan.short
        self.redis = RedisServer(Settings(case.persistence), start=False)
        self.proxy: Proxy | None = None
        self.recorders: list[Recorder] = []
        self.publishers: list[Publisher] = []
        self.outside: list[Sent] = []
        self.looks: list[Look] = []
        self.notes: list[tuple[float, str]] = []
        self.broken = self.healed = self.settled = self.ended = 0.0
        self.logs: dict[str, Log] = {}
        self.unfinished: list[str] = []
        self.log_text = ""
        self.began: list[int] = []
        self._folder = folder
        self._supervisor = 0
        self._url = ""
        self._last: dict[str, str] = {}

    # -- what a fault asks -----------------------------------------------------------------------

    @property
    def workers(self) -> Sequence[int]:
        return self.began

    def note(self, what: str) -> None:
        self.notes.append((time.monotonic(), what))

    def broke(self, what: str) -> None:
        self.note(what)
        self.broken = self.broken or self.notes[-1][0]

    def mended(self, what: str) -> None:
        self.note(what)
        self.healed = self.notes[-1][0]

    async def publish_outside(self, count: int) -> None:
        async with AsyncPublisher(self._url) as publisher:
            for number in range(1, count + 1):
                await asyncio.gather(
                    *(self._outside(publisher, each, number) for each in self._channels)
                )

    async def _outside(self, publisher: AsyncPublisher, channel: str, number: int) -> None:
        start = time.monotonic()
        data = {"id": id_of(OUTSIDE, number), "at": start}
        position = str(await publisher.publish(channel, data))
        said = Sent(channel, OUTSIDE, number, "accepted", position, start, time.monotonic())
        self.outside.append(said)

    # -- what a verdict asks ---------------------------------------------------------------------

    @property
    def traces(self) -> list[tuple[str, Trace]]:
        return [(one.name, trace) for one in self.recorders for trace in one.traces.values()]

    @property
    def sent(self) -> list[Sent]:
        inside = [sent for publisher in self.publishers for sent in publisher.sent]
        return [*self.outside, *inside]

    def last(self, channel: str) -> str:
        """The id of the channel's last publication."""
        return self._last.get(channel, "none")

    # -- the round -------------------------------------------------------------------------------

    async def run(self) -> None:
        """Play it. What does not come in time is in ``unfinished``."""
        self.note("the start")
        try:
            async with AsyncExitStack() as stack:
                try:
                    await self._play(await self._set_up(stack))
                except (AssertionError, *LOST) as error:
                    said = f"after {self.notes[-1][1]}: {type(error).__name__} {error}"
                    self.unfinished.append(said[:2000])
                    await self._ask_where_they_are()
            self.ended = time.monotonic()
        finally:
            self.redis.close()

    async def _set_up(self, stack: AsyncExitStack) -> int:
        await asyncio.to_thread(self.redis.start)
        broker = self.redis.port
        if self.case.proxied:
            self.proxy = Proxy(broker, self.chance)
            await self.proxy.start()
            stack.push_async_callback(self.proxy.stop)
            broker = self.proxy.port
        self._url = self.redis.url_for(port=broker, prefix=PREFIX)
        start = asyncio.to_thread(Workers, self._url, self.plan.workers, self._folder)
        workers = await start
        self._supervisor = workers.process.pid
        stack.callback(self._end_of, workers)
        stack.push_async_callback(self._send_home)
        return workers.port

    def _end_of(self, workers: Workers) -> None:
        workers.stop(grace=0.5)
        self.log_text = workers.text

    async def _play(self, port: int) -> None:
        await until(lambda: self._ready(port), 20, "all workers ready")
        await self._gather_subscribers(port)
        await self._say_once(Publisher(WARM, Wire(port), self._channels, 1, self.chance), 20)
        await until(self._warm, 20, "the first publication on every channel, at every subscriber")
        loads = [
            asyncio.create_task(each.run(self.plan.every))
            for each in await self._gather_publishers(port)
        ]
        wires = await one_each(port, self.plan.workers)
        looking = [asyncio.create_task(self._look(wire)) for wire in wires.values()]
        for each in self.recorders:
            each.quiet = False
        try:
            await asyncio.sleep(self.plan.before)  # pacing
            late = asyncio.create_task(self._come_late(port))
            await self.case.fault(self)
            await asyncio.sleep(self.plan.after)  # pacing
            await late
        finally:
            for publisher in self.publishers:
                publisher.stop()
            await asyncio.gather(*loads)
            for task in looking:
                task.cancel()
            await asyncio.gather(*looking, return_exceptions=True)
            for wire in wires.values():
                wire.close()
        await self._settle(port)

    @property
    def _channels(self) -> list[str]:
        return self.plan.channels()

    async def _gather_subscribers(self, port: int) -> None:
        for index in range(self.plan.subscribers):
            habit = Habit(OVERFLOWS[index % 2], restless=index % 4 == 3)
            self._subscribe(f"subscriber {index}", port, habit)
        await spread(self.recorders, self.plan.workers)

    def _subscribe(self, name: str, port: int, habit: Habit) -> None:
        chosen = self.chance.sample(self._channels, self.plan.channels_each)
        self.recorders.append(Recorder(name, port, chosen, habit, self.chance))
        self.recorders[-1].start()

    async def _send_home(self) -> None:
        await asyncio.gather(*(each.stop() for each in self.recorders))
        for publisher in self.publishers:
            publisher.close()

    async def _gather_publishers(self, port: int) -> list[Publisher]:
        """The same number at each worker."""
        found: list[Publisher] = []
        while len(found) < self.plan.publishers:
            for wire in (await one_each(port, self.plan.workers)).values():
                name = f"publisher-{len(found)}"
                found.append(Publisher(name, wire, self._channels, self.plan.batch, self.chance))
        self.publishers += found
        return found

    async def _come_late(self, port: int) -> None:
        """Once the broker is away; or at once, where it stays."""
        for index in range(self.plan.late):
            await asyncio.sleep(self.chance.uniform(0.2, 0.8))  # pacing
            self._subscribe(f"late {index}", port, Habit(OVERFLOWS[index % 2], fresh=True))

    async def _look(self, wire: Wire) -> None:
        pid = wire.pid
        while True:
            try:
                answer = await wire.ask("GET", "/readyz", timeout=5)
            except LOST:
                if not self.case.kills_workers:
                    self.unfinished.append(f"worker {pid} did not answer /readyz within 5 s")
                    await self._ask_where_they_are()
                return
            self.looks.append(Look(time.monotonic(), pid, answer.status == 200))
            await asyncio.sleep(LOOK)  # pacing

    async def _ask_where_they_are(self) -> None:
        """The workers' stacks go to their log, which is part of the evidence."""
        if not self._supervisor:
            return
        for child in psutil.Process(self._supervisor).children():
            if "spawn_main" in " ".join(child.cmdline()):
                child.send_signal(signal.SIGUSR2)
        await asyncio.sleep(0.5)  # pacing: they write

    # -- the end of it ---------------------------------------------------------------------------

    async def _settle(self, port: int) -> None:
        """First what was published must have come by itself, then one more on each channel."""
        self.note("the load has ended")
        for each in self.recorders:
            each.quiet = True
        await until(lambda: self._ready(port), SETTLE, "all workers ready again")
        await until(self._all_joined, SETTLE, "all subscribers in all their channels")
        await self._read_logs(port)
        await until(self._all_there, SETTLE, "all subscribers at the end of the broker's logs")
        self.note("everybody has what the broker has")
        self.settled = time.monotonic()
        await self._say_once(Publisher(LAST, Wire(port), self._channels, 1, self.chance), SETTLE)
        await until(self._all_have_the_last, SETTLE, "the last publication, at all subscribers")
        self.note("everybody has the last publication of every channel")
        await self._read_logs(port)

    async def _ready(self, port: int) -> bool:
        """Whether all workers are; ``began`` are those of the first time."""
        wires = await one_each(port, self.plan.workers)
        try:
            answers = [await wire.ask("GET", "/readyz") for wire in wires.values()]
        except LOST:  # the first was idle for too long while the last was found
            return False
        finally:
            for wire in wires.values():
                wire.close()
        self.began = self.began or sorted(wires)
        return all(answer.status == 200 for answer in answers)

    async def _say_once(self, publisher: Publisher, timeout: float) -> None:
        """One publication on every channel, however often that takes."""
        self.publishers.append(publisher)
        left = self._channels
        async with asyncio.timeout(timeout):
            while left:
                sent = await publisher.publish(left)
                done = {one.channel: one.id for one in sent if one.outcome == "accepted"}
                self._last.update(done)
                left = [channel for channel in left if channel not in done]

    async def _read_logs(self, port: int) -> None:
        wire = Wire(port)
        await wire.open()
        for channel in self._channels:
            if not channel.startswith("plain"):
                self.logs[channel] = read_log((await wire.ask("GET", f"/history/{channel}")).json)
        wire.close()
        await asyncio.to_thread(self._compare_with_the_broker)

    def _compare_with_the_broker(self) -> None:
        """``hf.history`` is code under test, too."""
        with Redis.from_url(self.redis.url) as client:
            for channel, log in self.logs.items():
                raw: Any = client.xrange(f"{PREFIX}:entries:{channel}")
                there = [ID.search(b"".join(fields.values())) for _, fields in raw]
                ids = [found[1].decode() for found in there if found]
                if ids != [entry.id for entry in log]:
                    said = f"{channel}: hf.history has {len(log)} publications, Redis {len(ids)}"
                    self.unfinished.append(said)

    def _warm(self) -> bool:
        return all(trace.position for _, trace in self.traces)

    def _all_joined(self) -> bool:
        return all(each.joined for each in self.recorders)

    def _all_there(self) -> bool:
        """At the end; or told that the log began anew, with what it had by then: that is no news
        to who must look for itself what is lost, and one more on each channel comes next."""
        return all(
            trace.position == self.logs[trace.channel][-1].position
            or trace.events[-1].kind == "gap"
            for _, trace in self.traces
            if self.logs.get(trace.channel)
        )

    def _all_have_the_last(self) -> bool:
        return all(
            trace.events[-1].kind == "publication"
            and trace.events[-1].id == self.last(trace.channel)
            for _, trace in self.traces
        )

    def story(self) -> Iterator[str]:
        """What happened when, from the fault on."""
        for at, what in self.notes:
            yield f"{at - (self.broken or self.notes[0][0]):+8.2f} s  {what}"


def read_log(page: Any) -> Log:
    """The app's answer to /history."""
    epoch = page["position"].split("-")[0]
    entries = []
    for offset, tag, value in page["publications"]:
        entries.append(Entry(f"{epoch}-{offset}{tag and '-'}{tag}", value["id"]))
    return entries


def keep_evidence(found: Round, misses: Sequence[str], folder: Path) -> Path:
    """Write all that was seen into a folder; returns it."""
    place = folder / f"{found.case.name}-{found.seed}"
    place.mkdir(parents=True, exist_ok=True)
    (place / "workers.log").write_text(found.log_text)
    (place / "misses.txt").write_text("\n".join([*found.story(), "", *misses]) + "\n")
    traces = [
        {"name": name, "channel": trace.channel, "events": [list(one) for one in trace.events]}
        for name, trace in found.traces
    ]
    seen = {
        "broken": found.broken,
        "healed": found.healed,
        "notes": found.notes,
        "traces": traces,
        "sent": [list(one) for one in found.sent],
        "logs": {channel: [list(one) for one in log] for channel, log in found.logs.items()},
        "looks": [list(one) for one in found.looks],
    }
    (place / "seen.json").write_text(json.dumps(seen))
    return place
