"""The arithmetic for a million connections, from what was measured."""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bench.process import Failed
from bench.report import RESULTS

MILLION = 1_000_000
FILL = 0.7  # of a core that may be in use: the rest is for the moments that are not average
MOST = 25_000  # connections of one process: all of them come back at once when it is restarted
CORES, GIGABYTES = 8, 32  # of one machine
BASE_MB = 70  # of a process with FastAPI and nobody connected
IDLE = 0.015 / 15_000  # of a core for one idle connection: docs/endurance.md


@dataclass(frozen=True)
class Costs:
    """What was measured: µs of CPU, and KB."""

    delivery: float
    """One written by itself."""
    handshake: float
    connection_kb: float
    publish: float
    """In the process that publishes; and so on."""
    receive: float
    broker: float
    kept: float
    """The same of a channel with a history."""
    listener: float
    """For each further process that receives it."""
    alone: float
    """Of Redis for a publication that comes by itself, and for each process that receives it."""
    alone_listener: float


@dataclass(frozen=True)
class Use:
    """What a million connections do."""

    name: str
    rate: float
    """Publications that each connection receives in a second."""
    audience: int
    """Connections that receive one publication."""

    @property
    def publications(self) -> float:
        """In a second."""
        return MILLION * self.rate / self.audience


@dataclass(frozen=True)
class Need:
    """What that takes."""

    processes: int
    machines: int
    redis: float
    """Servers: below one, the share of one that is in use."""
    cpu: float
    """Cores of all processes together."""
    memory: float
    """Bytes of all processes together."""


USES = (
    Use("everyone watches one channel, 1 publication a second", 1, MILLION),
    Use("dashboards: 1,000 watch the same, 1 a second", 1, 1000),
    Use("chat: 100 in a channel, each receives 1 in 10 s", 0.1, 100),
    Use("orders: 10 in a channel, each receives 1 in 30 s", 1 / 30, 10),
    Use("notifications: one receiver each, 1 in 5 minutes", 1 / 300, 1),
    Use("positions: one receiver each, 1 a second", 1, 1),
)


def need(costs: Costs, use: Use) -> Need:
    """Processes, machines and Redis servers for a million connections."""
    processes = math.ceil(MILLION / MOST)
    for _ in range(100):  # more processes receive more copies, so it is found step by step
        cpu = load(costs, use, processes)
        wanted = max(processes, math.ceil(cpu / FILL))
        if wanted == processes:
            break
        processes = wanted
    memory = MILLION * costs.connection_kb * 1024 + processes * BASE_MB * 1e6
    each = memory / processes
    machines = math.ceil(max(processes / CORES, processes * each / (GIGABYTES * 1e9 * FILL)))
    return Need(processes, machines, brokers(costs, use, processes), cpu, memory)


def load(costs: Costs, use: Use, processes: int) -> float:
    """Cores in use."""
    reached = min(use.audience, processes)
    each = costs.publish + reached * costs.receive
    deliveries = MILLION * use.rate * costs.delivery
    return MILLION * IDLE + (deliveries + use.publications * each) / 1e6


def brokers(costs: Costs, use: Use, processes: int) -> float:
    """Redis servers, each FILL of a core."""
    reached = min(use.audience, processes)
    return use.publications * (costs.broker + reached * costs.listener) / 1e6 / FILL


def costs(found: dict[str, Any]) -> Costs:
    """From a run of ``python -m bench scale``, and from the latest one of ``make bench``."""
    carried, summary = found["redis"], latest()
    plain, many = carried["listeners_0"], carried["listeners_64"]
    count = many["listeners"]
    return Costs(
        delivery=summary["latency cpu_us"]["holdfast"]["median"],
        handshake=summary["connect cpu_us"]["holdfast"]["median"],
        connection_kb=summary["idle kb"]["holdfast"]["median"],
        publish=plain["process_us"],
        receive=carried["receive_1000"]["process_us"],
        broker=carried["publish"]["broker_us"],
        kept=carried["publish_history"]["broker_us"],
        listener=(many["broker_us"] - plain["broker_us"]) / count,
        alone=plain["single"]["broker_us"],
        alone_listener=(many["single"]["broker_us"] - plain["single"]["broker_us"]) / count,
    )


def latest() -> dict[str, Any]:
    """The summary of the latest ``make bench``."""
    paths = sorted(RESULTS.glob("20*.json"))
    if not paths:
        raise Failed(f"no result of `make bench` in {RESULTS}: the arithmetic needs one")
    summary: dict[str, Any] = json.loads(paths[-1].read_text())["summary"]
    return summary


def rates() -> Sequence[float]:
    """Of the plot: publications that each connection receives in a second."""
    return [10 ** (step / 10) for step in range(-30, 11)]
