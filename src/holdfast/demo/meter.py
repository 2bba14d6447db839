"""This machine's figures, through psutil."""

import asyncio
import time
from dataclasses import dataclass

try:
    import psutil
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(
        "The demo needs psutil: install it with  pip install 'holdfast[demo]'", name="psutil"
    ) from error

PROBE = 0.05  # seconds between two looks at the event loop


@dataclass(frozen=True)
class Sample:
    """One second of this machine. Rates are per second, since the sample before."""

    time: float
    """Seconds since 1970."""
    cpu: float
    """Percent of all cores together."""
    cores: list[float]
    memory: float
    """Percent."""
    memory_used: int
    memory_total: int
    received: float
    """Bytes a second, over all network interfaces, the loopback one too."""
    sent: float
    load: float
    """The one-minute load average."""
    lag: float
    """Milliseconds: how late the event loop ran what was due, at worst."""


class Meter:
    """Measures from one reading to the next."""

    def __init__(self) -> None:
        self._late = 0.0
        self._at = time.monotonic()
        self._network = psutil.net_io_counters()
        psutil.cpu_percent(percpu=True)  # psutil's own first reading says 0 for every core

    def read(self) -> Sample:
        """The figures of the time since the last reading."""
        cores: list[float] = psutil.cpu_percent(percpu=True)
        memory = psutil.virtual_memory()
        received, sent = self._network_rates()
        late, self._late = self._late, 0.0
        return Sample(
            time=time.time(),
            cpu=round(sum(cores) / len(cores), 1),
            cores=cores,
            memory=memory.percent,
            memory_used=memory.total - memory.available,
            memory_total=memory.total,
            received=received,
            sent=sent,
            load=round(psutil.getloadavg()[0], 2),
            lag=round(late * 1000, 1),
        )

    async def watch_loop(self) -> None:
        """Keep asking the event loop for a wake-up, and note how late it comes. Never returns."""
        while True:
            due = time.perf_counter() + PROBE  # uvloop's own clock counts whole milliseconds
            await asyncio.sleep(PROBE)
            self._late = max(self._late, time.perf_counter() - due)

    def _network_rates(self) -> tuple[float, float]:
        before, self._network = self._network, psutil.net_io_counters()
        elapsed, self._at = time.monotonic() - self._at, time.monotonic()
        received = (self._network.bytes_recv - before.bytes_recv) / max(elapsed, 0.001)
        sent = (self._network.bytes_sent - before.bytes_sent) / max(elapsed, 0.001)
        return round(received), round(sent)
