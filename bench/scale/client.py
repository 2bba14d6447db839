"""The clients, a process of its own: ``python -m bench.scale.client PORT PIDS BROKER VISIT``.

They are spread evenly over the workers: which worker took a connection is read from the kernel,
and what is too much for one is closed again. Prints one line of JSON: load -> result.
"""

import json
import math
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psutil

from bench.crowd import Crowd
from bench.process import Failed, cpu_seconds
from bench.scale.fleet import cpu
from bench.scale.loads import FLOOD, MANY, ONE, Load, Visit
from bench.servers.order import Order
from bench.websocket import DIALECTS, Client, connect

AT_A_TIME = 50  # handshakes
ALL_UP = 40.0  # seconds until every worker has taken a connection
SPREAD = 60.0  # seconds until every worker has its share
GLANCE = 0.01
SETTLE = 0.25
CALM = 0.15  # of a core: what all processes together use while nothing is asked of them
LONGEST_UNREST = 5.0
QUIET, DEADLINE = 15.0, 60.0
WARM = 0.3  # seconds of the same before it counts
MOST = 50_000  # publications in one go
TRIES = 4  # to find out how many take the time that a load should take

Result = dict[str, Any]


class Meter:
    """CPU of the workers and the broker since."""

    def __init__(self, pids: tuple[int, ...], broker: int) -> None:
        self._pids, self._broker = pids, broker
        self._before = self._now()
        self._clock, self._own = time.monotonic(), time.process_time()

    def _now(self) -> tuple[float, float]:
        return cpu(self._pids), cpu_seconds(self._broker)

    def result(self, messages: int, delivered: int) -> Result:
        """Per delivery, in µs."""
        workers, broker = (
            (after - before) * 1e6 / max(delivered, 1)
            for after, before in zip(self._now(), self._before, strict=True)
        )
        passed = time.monotonic() - self._clock
        return {
            "messages": messages,
            "delivered": delivered,
            "seconds": passed,
            "cpu_us": workers + broker,
            "workers_us": workers,
            "broker_us": broker,
            "client_busy": (time.process_time() - self._own) / passed,
        }


class Measurement:
    """One fleet, one visit."""

    def __init__(self, port: int, pids: tuple[int, ...], broker: int, visit: Visit) -> None:
        self.port, self.pids, self.broker, self.visit = port, pids, broker, visit
        self.dialect = DIALECTS[visit.dialect]
        self.crowd = Crowd(self.dialect, visit.loads[0].size)
        self.pace = math.inf  # seconds for a publication, the least seen
        self.outsider: subprocess.Popen[str] | None = None
        self.kinds: dict[str, Callable[[Load], Result]] = {
            ONE: self.one_at_a_time,
            FLOOD: self.flood,
            MANY: self.many_channels,
        }

    def run(self) -> dict[str, Result]:
        """Measure the visit's loads."""
        self.crowd.add(self.assemble())
        if count := self.visit.loads[0].channels:
            self.join(count)
        self.calm()
        return {load.name: self.kinds[load.name](load) for load in self.visit.loads}

    # -- the crowd -----------------------------------------------------------------------------

    def assemble(self) -> list[Client]:
        """So many for each worker, in turn: the n-th is with worker n modulo their number."""
        self.await_all()
        share = math.ceil(self.visit.clients / self.visit.workers)
        found: dict[int, list[Client]] = {}
        until = time.monotonic() + SPREAD
        while sum(map(len, found.values())) < share * self.visit.workers:
            if time.monotonic() > until:
                raise Failed("the clients could not be spread evenly over the workers")
            fresh = self.connect(AT_A_TIME)
            for client, pid in zip(fresh, self.owners(fresh), strict=True):
                mine = found.setdefault(pid, [])
                if len(mine) < share:
                    mine.append(client)
                else:
                    client.sock.close()
        turns = zip(*found.values(), strict=True)
        return [client for turn in turns for client in turn][: self.visit.clients]

    def await_all(self) -> None:
        """Until every worker takes connections."""
        until, seen = time.monotonic() + ALL_UP, set[int]()
        while len(seen) < self.visit.workers:
            if time.monotonic() > until:
                raise Failed(f"{len(seen)} of {self.visit.workers} workers take connections")
            fresh = self.connect(self.visit.workers)
            seen |= set(self.owners(fresh))
            for client in fresh:
                client.sock.close()
            time.sleep(GLANCE)

    def connect(self, count: int) -> list[Client]:
        """So many more."""
        fresh = connect(self.port, self.dialect.path(self.visit.task), count)
        self.dialect.greet(fresh)
        return fresh

    def owners(self, clients: list[Client]) -> list[int]:
        """The process that each is connected to."""
        ports = {
            one.raddr.port: pid
            for pid in self.pids
            for one in psutil.Process(pid).net_connections("tcp4")
            if one.raddr and one.laddr.port == self.port
        }
        return [ports[client.sock.getsockname()[1]] for client in clients]

    def join(self, count: int) -> None:
        """Each client into one of the channels; those of a channel are with different workers."""
        each = math.ceil(len(self.crowd.clients) / count)
        for number, client in enumerate(self.crowd.clients):
            text = f"join:{number // each}:1:{count}"
            client.send(self.dialect.message(self.visit.task, text))
        self.crowd.until_small(len(self.crowd.clients), LONGEST_UNREST)

    def calm(self) -> None:
        """Until the workers have nothing left to do."""
        self.crowd.settle(SETTLE)
        until = time.monotonic() + LONGEST_UNREST
        while time.monotonic() < until:
            before = cpu(self.pids)
            self.crowd.settle(SETTLE)
            if cpu(self.pids) - before < CALM * SETTLE:
                return

    # -- the loads -----------------------------------------------------------------------------

    def publish(self, load: Load, messages: int, turn: int) -> tuple[str, int, int]:
        """Have the ``turn``-th client's worker publish, or an outsider, and read all of it: how
        that ended, what was to come and what came."""
        order = Order(messages, load.size, channels=load.channels)
        each = messages // load.channels if load.channels else messages
        start = lambda: self.order(order, turn)  # noqa: E731
        ended = self.crowd.read(each, QUIET, DEADLINE, start)
        return ended, each * len(self.crowd.clients), sum(self.crowd.reader.got())

    def order(self, order: Order, turn: int) -> None:
        """Say it."""
        if self.outsider is not None and self.outsider.stdin is not None:
            self.outsider.stdin.write(f"{order.text}\n")
            self.outsider.stdin.flush()
            return
        sender = self.crowd.clients[turn % len(self.crowd.clients)]
        sender.send(self.dialect.message(self.visit.task, order.text))

    def series(self, load: Load, messages: int, seconds: float) -> Result:
        """Again and again, each when the last has arrived everywhere, from worker after worker."""
        turn = wanted = got = 0
        meter, until = Meter(self.pids, self.broker), time.monotonic() + seconds
        while True:
            ended, due, came = self.publish(load, messages, turn)
            turn, wanted, got = turn + 1, wanted + due, got + came
            if ended != "complete" or time.monotonic() >= until:
                break
        result = {"ended": ended, "wanted": wanted, **meter.result(turn * messages, got)}
        self.pace = min(self.pace, result["seconds"] / (turn * messages))
        return result

    def one_at_a_time(self, load: Load) -> Result:
        """Every publication is written by itself."""
        self.series(load, 1, WARM)
        return self.series(load, 1, load.seconds)

    def flood(self, load: Load) -> Result:
        """As fast as one publisher can, outside of the workers where they have a broker."""
        with self.publisher():
            found = self.series(load, 1, 0)
            for seconds in (WARM, WARM, *[load.seconds] * TRIES):
                count = min(max(round(seconds / self.pace), 1), MOST)
                found = self.series(load, count, 0)
                if count == MOST or found["seconds"] > load.seconds / 2:
                    break  # the more come together, the faster it gets
        return found

    @contextmanager
    def publisher(self) -> Iterator[None]:
        """A process that publishes, as long as this lasts."""
        if not self.visit.outside:
            yield
            return
        words = [sys.executable, "-m", "bench.servers.outside", self.visit.outside]
        known, pipe = {**os.environ, **self.visit.environment}, subprocess.PIPE
        self.outsider = subprocess.Popen(words, env=known, stdin=pipe, text=True)
        try:
            yield
        finally:
            self.outsider.kill()
            self.outsider.wait()
            self.outsider = None

    def many_channels(self, load: Load) -> Result:
        """One publication on each channel, then the next round."""
        self.series(load, load.channels, WARM)
        return self.series(load, load.channels, load.seconds)


def main(port: str, pids: str, broker: str, visit: str) -> None:
    """Measure, and print."""
    found = Visit.from_json(json.loads(visit))
    numbers = tuple(map(int, pids.split(",")))
    print(json.dumps(Measurement(int(port), numbers, int(broker), found).run()))


if __name__ == "__main__":
    main(*sys.argv[1:])
