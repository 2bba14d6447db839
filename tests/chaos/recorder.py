"""Subscribers: each connects, joins its channels, records, and comes back with its positions."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from holdfast.testing import until
from tests.chaos.trace import Event, Trace

OVERFLOWS = ("close", "skip")  # closed with 3010 where a gap cannot be closed, or told by a notice
RECONNECT = {1000, 1006, 1012, 3001, 3004, 3010}  # after these a client comes back, silently
AGAIN = (0.05, 0.3)  # seconds until it does
AFTER_REFUSAL = (0.2, 0.5)  # seconds until a join that was refused is tried again
CHURN = (0.5, 2.5)  # seconds between two whims of one that is restless


class Habit(NamedTuple):
    """What kind of subscriber it is.

    ``restless``: it hangs up, aborts, leaves and joins again, all the time. ``fresh``: its first
    join asks for all that is kept; others begin at the head.
    """

    overflow: str = "close"
    restless: bool = False
    fresh: bool = False


class Recorder:
    """One subscriber. ``pid`` is the worker it is connected to, 0 while it is not."""

    def __init__(
        self, name: str, port: int, channels: Iterable[str], habit: Habit, chance: random.Random
    ) -> None:
        self.name = name
        self.habit = habit
        self.pid = 0
        self.traces = {channel: Trace(channel) for channel in channels}
        self.workers: list[tuple[float, int]] = []
        self.codes: list[int] = []
        self.complaints: list[str] = []
        self.quiet = True  # no whims: not before it has a position, and not when all must settle
        self._url = f"ws://127.0.0.1:{port}/listen"
        self._chance = chance
        self._ws: ClientConnection | None = None
        self._stopping = False
        self._tasks: set[asyncio.Task[Any]] = set()

    # -- what the round asks ---------------------------------------------------------------------

    def start(self) -> None:
        self._spawn(self._run())
        if self.habit.restless:
            self._spawn(self._be_restless())

    async def stop(self) -> None:
        self._stopping = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def joined(self) -> bool:
        """Whether it is in all its channels."""
        return all(trace.state == "joined" for trace in self.traces.values())

    async def move(self) -> None:
        """Hang up; it connects again by itself, to any worker."""
        if self._ws is not None:
            await self._ws.close()

    # -- the connection --------------------------------------------------------------------------

    async def _run(self) -> None:
        while not self._stopping:
            with suppress(OSError, InvalidHandshake, TimeoutError, ConnectionClosed):
                options: Any = {"compression": None, "ping_interval": None, "max_queue": 1024}
                async with connect(self._url, open_timeout=10, **options) as ws:
                    await self._listen(ws)
            await asyncio.sleep(self._chance.uniform(*AGAIN))  # pacing

    async def _listen(self, ws: ClientConnection) -> None:
        self._ws = ws
        try:
            async for text in ws:
                self._take(msgspec.json.decode(text), time.monotonic())
        except ConnectionClosed:
            pass
        finally:
            self._ended(ws)

    def _ended(self, ws: ClientConnection) -> None:
        self._ws, self.pid = None, 0
        if self._stopping:
            return
        code = 1006 if ws.close_code is None else ws.close_code
        self.codes.append(code)
        if code not in RECONNECT:
            self.complaints.append(f"closed with {code} {ws.close_reason!r}")
        for trace in self.traces.values():
            trace.closed(time.monotonic(), code)

    # -- what arrives ----------------------------------------------------------------------------

    def _take(self, message: dict[str, Any], at: float) -> None:
        if "data" in message:
            self._take_publication(message, at)
        elif (said := message.get("chaos")) is not None:
            self._take_answer(said, message, at)
        elif message.get("holdfast") == "gap":
            self.traces[message["channel"]].see(Event("gap", at))
        else:
            self.complaints.append(f"was told {message}")

    def _take_publication(self, message: dict[str, Any], at: float) -> None:
        data = message["data"]
        tag = message.get("tag", "")
        position = f"{message['epoch']}-{message['offset']}{tag and '-'}{tag}"
        event = Event("publication", at, position, data["id"], data["at"])
        self.traces[message["channel"]].see(event)

    def _take_answer(self, said: str, message: dict[str, Any], at: float) -> None:
        if said == "worker":
            self.pid = message["pid"]
            self.workers.append((at, self.pid))
            self._join(self.traces)
            return
        trace = self.traces[message["channel"]]
        if said == "joined":
            trace.answered(at, message["complete"])
        else:
            trace.left()
            self._spawn(self._join_again(trace, self._ws))

    # -- what it says ----------------------------------------------------------------------------

    def _join(self, channels: Iterable[str]) -> None:
        for channel in channels:
            since = self.traces[channel].asks() or ("all" if self.habit.fresh else "")
            overflow = self.habit.overflow
            self._say({"do": "join", "channel": channel, "since": since, "overflow": overflow})

    async def _join_again(self, trace: Trace, ws: ClientConnection | None) -> None:
        await asyncio.sleep(self._chance.uniform(*AFTER_REFUSAL))  # pacing
        if self._ws is ws and trace.state == "away":
            self._join([trace.channel])

    async def _be_restless(self) -> None:
        whims = (self.move, self._abort, self._leave, self._leave)
        while not self._stopping:
            await asyncio.sleep(self._chance.uniform(*CHURN))  # pacing
            if not self.quiet:
                await self._chance.choice(whims)()

    async def _abort(self) -> None:
        if self._ws is not None:
            self._ws.transport.abort()

    async def _leave(self) -> None:
        """Leave a channel; the answer makes it join again."""
        trace = self._chance.choice(list(self.traces.values()))
        if trace.state == "joined":
            trace.state = "leaving"
            self._say({"do": "leave", "channel": trace.channel})

    def _say(self, command: dict[str, Any]) -> None:
        if self._ws is not None:
            self._spawn(self._send(self._ws, msgspec.json.encode(command).decode()))

    async def _send(self, ws: ClientConnection, text: str) -> None:
        with suppress(ConnectionClosed):
            await ws.send(text)

    def _spawn(self, coroutine: Any) -> None:
        task = asyncio.create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def spread(recorders: Sequence[Recorder], workers: int, timeout: float = 30.0) -> None:
    """Have them hang up until each worker has about its share, and all have joined."""
    most = -(-len(recorders) // workers) + 1

    async def are_spread() -> bool:
        there: dict[int, list[Recorder]] = {}
        for each in recorders:
            there.setdefault(each.pid, []).append(each)
        extra = [one for pid, crowd in there.items() if pid for one in crowd[most:]]
        for one in extra:
            one.pid = 0
            await one.move()
        return not extra and all(each.pid and each.joined for each in recorders)

    await until(are_spread, timeout, f"all subscribers joined, at most {most} at each worker")
