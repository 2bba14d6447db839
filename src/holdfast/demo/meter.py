"""The figures of this machine, through psutil, and of this process."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

from holdfast import Statistics

try:
    import psutil
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(
        "The demo needs psutil: install it with  pip install 'holdfast[demo]'", name="psutil"
    ) from error

PROBE = 0.05  # seconds between two looks at the event loop
ENOUGH = 100  # deliveries in a sample: fewer, and a CPU time for each of them says nothing


@dataclass(frozen=True)
class Sample:
    """One second. Rates are per second, since the sample before."""

    time: float
    """Seconds since 1970."""
    cpu: float
    """Percent of all cores together."""
    cores: list[float]
    memory: float
    """Percent."""
    memory_used: int
    memory_total: int
    disk_read: float | None
    """Bytes a second, over all disks; None where the system does not tell."""
    disk_written: float | None
    received: float | None
    """Bytes a second, over all network interfaces, the loopback one too."""
    sent: float | None
    load: float
    """The one-minute load average."""
    lag: float
    """Milliseconds: how late the event loop ran what was due, at worst."""
    connections: int
    """That are open in this process."""
    tasks: int
    """Of this process's event loop."""
    deliveries: float
    """Publications written to connections, a second."""
    cpu_per_delivery: float | None
    """Microseconds of this process's CPU, all that it did in this second; None for few of them."""


class Meter:
    """Measures from one reading to the next."""

    def __init__(self, statistics: Callable[[], Statistics]) -> None:
        self._statistics = statistics
        self._late = 0.0
        self._next = time.perf_counter()
        self._rates = Rates(self._counters())
        psutil.cpu_percent(percpu=True)  # psutil's own first reading says 0 for every core

    async def second(self) -> None:
        """Let a second pass, and see how late the event loop runs what is due in it."""
        self._late = 0.0
        self._next = max(self._next, time.perf_counter()) + 1.0
        while (left := self._next - time.perf_counter()) > 0:
            due = time.perf_counter() + min(PROBE, left)  # uvloop's clock has whole milliseconds
            await asyncio.sleep(min(PROBE, left))
            self._late = max(self._late, time.perf_counter() - due)

    def read(self) -> Sample:
        """The figures of the time since the last reading. Takes a fraction of a millisecond."""
        cores: list[float] = psutil.cpu_percent(percpu=True)
        memory = psutil.virtual_memory()
        rates = self._rates.since_last(self._counters())
        return Sample(
            time=round(time.time(), 3),
            cpu=round(sum(cores) / len(cores), 1),
            cores=cores,
            memory=memory.percent,
            memory_used=memory.total - memory.available,
            memory_total=memory.total,
            disk_read=rates.get("disk_read"),
            disk_written=rates.get("disk_written"),
            received=rates.get("received"),
            sent=rates.get("sent"),
            load=round(psutil.getloadavg()[0], 2),
            lag=round(self._late * 1000, 1),
            connections=self._statistics().connections,
            tasks=len(asyncio.all_tasks()),
            deliveries=rates["delivered"],
            cpu_per_delivery=cpu_per_delivery(rates),
        )

    def _counters(self) -> dict[str, float]:
        delivered = self._statistics().delivered
        microseconds = time.process_time() * 1e6
        return {"delivered": delivered, "cpu": microseconds, **network(), **disks()}


class Rates:
    """Counters, as what they grew by in a second."""

    def __init__(self, counters: dict[str, float]) -> None:
        self._counters = counters
        self._at = time.perf_counter()

    def since_last(self, counters: dict[str, float]) -> dict[str, float]:
        """The rates since the last call; a counter that was not there before has none yet."""
        before, self._counters = self._counters, counters
        elapsed, self._at = time.perf_counter() - self._at, time.perf_counter()
        # A sum over interfaces falls when one of them is taken away.
        both = before.keys() & counters.keys()
        grown = {name: max(0.0, counters[name] - before[name]) for name in both}
        return {name: round(growth / elapsed, 1) for name, growth in grown.items()}


def cpu_per_delivery(rates: dict[str, float]) -> float | None:
    """What one delivery costs, where there were enough of them to share the costs."""
    if rates["delivered"] < ENOUGH:
        return None
    return round(rates["cpu"] / rates["delivered"], 2)


def network() -> dict[str, float]:
    """Bytes since the machine started."""
    counters = psutil.net_io_counters()
    if counters is None:  # a machine without any interface
        return {}
    return {"received": counters.bytes_recv, "sent": counters.bytes_sent}


def disks() -> dict[str, float]:
    """Bytes since the machine started; nothing where it has no disk, or keeps that to itself."""
    try:
        counters = psutil.disk_io_counters()
    except NotImplementedError:
        counters = None
    if counters is None:
        return {}
    return {"disk_read": counters.read_bytes, "disk_written": counters.write_bytes}
