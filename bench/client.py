"""The load client, a process of its own: ``python -m bench.client PORT PID GAUGE DIALECT VISIT``.

It drives one server through the cases of one visit, reads the server's CPU time and memory from
outside, and prints one line of JSON: case -> result.
"""

import json
import math
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from bench.cases import CHANNELS, MANY, Case, Visit
from bench.crowd import Crowd
from bench.process import cpu_seconds, memory
from bench.servers.lag import Gauge
from bench.servers.order import Order
from bench.websocket import DIALECTS, Client, Dialect, connect

STALLED_BUFFER = 4096  # bytes that a client that never reads lets its kernel take
GLANCE = 0.0005  # seconds of reading between handshakes
SETTLE = 0.25  # seconds that a server gets after the last handshake
CALM = 0.1  # of a core: a server that uses less has done its work
LONGEST_UNREST = 3.0
FIRST = 50  # connections made before any is measured: they pay for what is shared
AT_A_TIME = 50  # handshakes
OVERLOADED = 1.2  # times the time that a paced broadcast should take
SAMPLES = 1 << 20
WARM = 0.2  # seconds of the same before it counts
MOST_TURNS = 20_000

Result = dict[str, Any]


class Meter:
    """What the server used since."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._cpu, self._own = cpu_seconds(pid), time.process_time()
        self._clock = time.monotonic()

    def result(self, count: int, idle: float = 0.0) -> Result:
        """Per thing of which so many were done; ``idle`` seconds of the time do not count."""
        passed = time.monotonic() - self._clock
        return {
            "delivered": count,
            "seconds": passed - idle,
            "cpu_us": (cpu_seconds(self._pid) - self._cpu) * 1e6 / max(count, 1),
            "client_busy": (time.process_time() - self._own) / passed,
        }


class Measurement:
    """One server, one visit."""

    def __init__(self, port: int, pid: int, gauge: Gauge, dialect: Dialect, visit: Visit) -> None:
        self.port = port
        self.pid = pid
        self.gauge = gauge
        self.dialect = dialect
        self.visit = visit
        self.task = "channels" if visit.group.startswith(MANY) else "everyone"
        self.cost = 0.0  # seconds per delivery, as far as known: the most seen
        self.kinds: dict[str, Callable[[Crowd, Case], Result]] = {
            "fanout": self.fanout,
            "channels": self.fanout,
            "latency": self.latency,
            "lag": self.lag,
        }

    def run(self) -> dict[str, Result]:
        """Measure the visit's cases."""
        first = self.visit.cases[0]
        if first.kind == "echo":
            return {first.name: self.echo(first)}
        if first.kind == "stalled":
            return {first.name: self.stalled(first)}
        crowd, results = self.assemble()
        if first.channels:
            self.join(crowd, first.channels)
        for case in self.visit.cases:
            if case.kind in self.kinds:
                results[case.name] = self.kinds[case.kind](crowd, case)
        return results

    # -- the crowd -----------------------------------------------------------------------------

    def connect(self, count: int, task: str, receive_buffer: int = 0) -> Iterator[list[Client]]:
        """So many clients, ready for a task, some at a time."""
        for start in range(0, count, AT_A_TIME):
            some = min(AT_A_TIME, count - start)
            fresh = connect(self.port, self.dialect.path(task), some, receive_buffer)
            self.dialect.greet(fresh)
            yield fresh

    def crowd(self, count: int, task: str) -> Crowd:
        """So many that read."""
        crowd = Crowd(self.dialect, self.visit.cases[0].size)
        self.grow(crowd, count, task)
        return crowd

    def grow(self, crowd: Crowd, count: int, task: str) -> None:
        """So many more. Those who wait for them to come answer pings."""
        for fresh in self.connect(count, task):
            crowd.add(fresh)
            crowd.settle(GLANCE)

    def assemble(self) -> tuple[Crowd, dict[str, Result]]:
        """Connect them all; what that costs is two of the cases."""
        first = min(FIRST, self.visit.clients // 2)
        crowd = self.crowd(first, self.task)
        self.calm(crowd)
        before, meter = memory(self.pid), Meter(self.pid)
        more = self.visit.clients - first
        self.grow(crowd, more, self.task)
        seconds = meter.result(more)["seconds"]
        crowd.settle(SETTLE)  # for the last ones to join
        cost = {**meter.result(more), "seconds": seconds, "open": crowd.reader.open}
        self.calm(crowd)
        grown = (memory(self.pid) - before) / 1024 / more
        found = {"connect": cost, "idle": {"kb": grown, "open": crowd.reader.open}}
        return crowd, {
            case.name: found[case.kind] for case in self.visit.cases if case.kind in found
        }

    def calm(self, crowd: Crowd) -> None:
        """Until the server has nothing left to do."""
        crowd.settle(SETTLE)
        until = time.monotonic() + LONGEST_UNREST
        while time.monotonic() < until:
            before = cpu_seconds(self.pid)
            crowd.settle(SETTLE)
            if cpu_seconds(self.pid) - before < CALM * SETTLE:
                return

    def join(self, crowd: Crowd, count: int) -> None:
        """Each client in some of the channels: one more along for each next one."""
        for number, client in enumerate(crowd.clients):
            text = f"join:{number % CHANNELS}:{count}:{CHANNELS}"
            client.send(self.dialect.message(self.task, text))
        crowd.until_small(len(crowd.clients), LONGEST_UNREST)
        self.calm(crowd)

    # -- the cases -----------------------------------------------------------------------------

    def broadcast(self, crowd: Crowd, case: Case, messages: int, **order: int) -> Result:
        """Have it broadcast, and read all of it."""
        all_channels = CHANNELS if case.channels else 0
        text = Order(messages, case.size, case.turn, case.pace, channels=all_channels, **order).text
        data = self.dialect.message(self.task, text)
        each = messages * case.channels // CHANNELS if case.channels else messages
        wanted = each * len(crowd.clients)
        meter = Meter(self.pid)
        ended = crowd.read(each, case.quiet, case.deadline, lambda: crowd.clients[0].send(data))
        got = crowd.reader.got()
        result = meter.result(sum(got), case.quiet if ended == "silence" else 0.0)
        return {"ended": ended, "wanted": wanted, "messages": messages, **result}

    def fanout(self, crowd: Crowd, case: Case) -> Result:
        """Broadcasts, as many as fill the time. Those before it are too short to count."""
        if case.messages:
            whole = math.ceil(case.messages / case.turn) * case.turn if case.channels else 0
            return self.broadcast(crowd, case, whole or case.messages)
        each = len(crowd.clients) * (case.channels / CHANNELS if case.channels else 1)
        turn = each * case.turn  # deliveries
        if (needed := turn * self.cost) > case.patience:
            return {"passed": f"too slow: one turn would take {needed:.0f} s"}
        found = self.broadcast(crowd, replace(case, deadline=case.patience), case.turn)
        if found["ended"] == "deadline":
            return {"passed": f"too slow: one turn takes longer than {case.patience:g} s"}
        for seconds in (WARM, case.seconds):
            cost = found["seconds"] / max(found["delivered"], 1)
            turns = min(max(math.ceil(seconds / (cost * turn)), 2), MOST_TURNS)
            most = case.patience if seconds == case.seconds else LONGEST_UNREST
            if found["ended"] == "complete" and turns * turn * cost < most:
                found = self.broadcast(crowd, case, turns * case.turn)
        if case.turn == 1:
            self.cost = found["seconds"] / max(found["delivered"], 1)
        return found

    def latency(self, crowd: Crowd, case: Case) -> Result:
        """From publish to the client's read, one message at a time."""
        nominal = case.messages * case.pace / 1000
        if case.messages * len(crowd.clients) * self.cost > OVERLOADED * nominal:
            return {"passed": "did not keep up"}
        crowd.reader.sample(SAMPLES)
        result = self.broadcast(crowd, case, case.messages)
        found = sorted(crowd.reader.latencies())
        crowd.reader.sample(0)
        if not found or result["ended"] != "complete" or result["seconds"] > OVERLOADED * nominal:
            return {**result, "passed": "did not keep up"}
        rank = math.ceil(0.99 * len(found)) - 1
        return {**result, "p50_ms": found[len(found) // 2], "p99_ms": found[rank]}

    def lag(self, crowd: Crowd, case: Case) -> Result:
        """The longest that the server's loop kept another task waiting."""
        if (needed := case.messages * len(crowd.clients) * self.cost) > case.patience:
            return {"passed": f"too slow: it would take {needed:.0f} s"}
        self.gauge.start()
        result = self.broadcast(crowd, case, case.messages, watch=1)
        self.gauge.stop()
        if not self.gauge.longest:
            return {**result, "passed": "-: its loop cannot be watched"}
        return {**result, "lag_ms": self.gauge.longest}

    def echo(self, case: Case) -> Result:
        """Round trips: every client sends again when its message came back."""
        crowd = self.crowd(case.clients, "echo")
        message = self.dialect.message("echo", "e" * case.size)

        def start() -> None:
            for client in crowd.clients:
                client.send(message)

        def trips(each: int) -> Result:
            meter = Meter(self.pid)
            ended = crowd.read(each, case.quiet, case.deadline, start, again=message)
            result = meter.result(sum(crowd.reader.got()))
            return {"ended": ended, "wanted": each * case.clients, **result}

        warm = trips(20)
        if warm["ended"] != "complete" or case.messages:
            return trips(case.messages) if case.messages else warm
        return trips(max(20, int(20 * case.seconds / warm["seconds"])))

    def stalled(self, case: Case) -> Result:
        """A tight loop; of the clients that never read, nothing is expected."""
        crowd = self.crowd(case.clients - case.stalled, "everyone")
        self.broadcast(crowd, case, min(16, case.messages))
        stuck = [
            client
            for fresh in self.connect(case.stalled, "everyone", STALLED_BUFFER)
            for client in fresh
        ]
        crowd.settle(SETTLE)
        before = peak = memory(self.pid)

        def look() -> None:
            nonlocal peak
            peak = max(peak, memory(self.pid))

        order = Order(case.messages, case.size, case.per_turn)
        data = self.dialect.message("everyone", order.text)
        meter = Meter(self.pid)
        start = lambda: crowd.clients[0].send(data)  # noqa: E731
        ended = crowd.read(case.messages, case.quiet, case.deadline, start, look)
        got = crowd.reader.got()
        result = meter.result(sum(got), case.quiet if ended == "silence" else 0.0)
        result |= {"ended": ended, "wanted": case.messages * len(got)}
        result |= {"healthy": len(got), "stalled": len(stuck), "least": min(got), "most": max(got)}
        complete = sum(one == case.messages for one in got)
        return {**result, "complete": complete, "grown_mb": (peak - before) / 1e6}


def main(port: str, pid: str, gauge: str, dialect: str, visit: str) -> None:
    """Measure, and print."""
    found = Visit.from_json(json.loads(visit))
    spoken = DIALECTS[dialect]
    print(json.dumps(Measurement(int(port), int(pid), Gauge(gauge), spoken, found).run()))


if __name__ == "__main__":
    main(*sys.argv[1:])
