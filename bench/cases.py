"""What is measured: cases, and the visits that measure several of them on one server."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

SIZES = (100, 1000, 10_000)
PER_TURN = (1, 4, 16)
CHANNELS = 200
MANY_CHANNELS = 50
ONE_CLIENT_MORE = 100  # open files beside the connections

CROWD, MANY, ECHO, STALLED, MEMORY = "crowd", "channels", "echo", "stalled", "memory"


@dataclass(frozen=True)
class Case:
    """One thing that is measured, at certain sizes."""

    name: str
    kind: str
    """fanout, channels, echo, latency, lag, connect, idle, stalled or memory."""
    clients: int
    size: int = 128
    per_turn: int = 1
    channels: int = 0
    """How many of the channels each client is in; 0 for one that all are in."""
    messages: int = 0
    """Broadcasts in all, or round trips per client; 0: as many as take ``seconds``."""
    seconds: float = 0.6
    pace: int = 0
    """Milliseconds between turns; 0: at once."""
    stalled: int = 0
    """How many of the clients never read."""
    quiet: float = 10.0
    """Seconds without any delivery after which nothing more is expected."""
    deadline: float = 90.0
    """Seconds after which the case ends whatever came."""
    patience: float = 15.0
    """Seconds that the least number of messages may take; a peer that needs longer is passed by."""

    @property
    def turn(self) -> int:
        """Publications in one turn."""
        return CHANNELS if self.channels else self.per_turn


@dataclass(frozen=True)
class Visit:
    """Cases that one server process and one crowd of clients serve."""

    group: str
    clients: int
    cases: tuple[Case, ...]

    @property
    def title(self) -> str:
        """What the progress shows."""
        return f"{self.group} of {self.clients:,}" if self.clients else self.group

    @property
    def deadline(self) -> float:
        """Seconds that it may take, handshakes included."""
        return 60.0 + self.clients / 100 + sum(case.deadline for case in self.cases)

    def to_json(self) -> dict[str, Any]:
        """For the client process."""
        cases = [vars(case) for case in self.cases]
        return {"group": self.group, "clients": self.clients, "cases": cases}

    @classmethod
    def from_json(cls, found: dict[str, Any]) -> "Visit":
        """What ``to_json`` wrote."""
        cases = tuple(Case(**one) for one in found["cases"])
        return cls(found["group"], found["clients"], cases)


def all_cases(quick: bool, clients: int | None, messages: int | None) -> list[Case]:
    """The cases, in the order in which they run and are shown."""
    sizes = (clients,) if clients else SIZES[:2] if quick else SIZES
    middle, most = sizes[min(1, len(sizes) - 1)], sizes[-1]
    cases = [
        Case(f"fanout-{turn}@{size}", "fanout", size, per_turn=turn)
        for size in sizes
        for turn in PER_TURN
    ]
    cases += [Case(f"channels-{each}", "channels", middle, channels=each) for each in (1, 50)]
    cases += [
        Case("echo", "echo", min(middle, 100)),
        Case("connect", "connect", most),
        Case("idle", "idle", most),
        Case("latency", "latency", middle, messages=messages or 40, pace=50),
        Case("lag", "lag", most, messages=messages or 10, pace=100),
    ]
    cases = [replace(case, seconds=0.3) if quick else case for case in cases]
    if messages:
        cases = [replace(case, messages=messages) for case in cases]
    stalled, quiet = (1500, 4.0) if quick else (3000, 10.0)
    some = clients or (30 if quick else 60)
    silent = Case("stalled", "stalled", some, 4096, 0, messages=messages or stalled, quiet=quiet)
    cases.append(replace(silent, stalled=some // 10))
    cases.append(Case("channel-memory", "memory", 0, messages=messages or 100_000))
    return cases


def chosen(cases: Sequence[Case], wanted: Sequence[str]) -> list[Case]:
    """Those named: whole (``fanout-1@100``), in part (``fanout``) or by size (``@100``)."""
    if not wanted:
        return list(cases)
    return [case for case in cases if any(matches(case.name, word) for word in wanted)]


def matches(name: str, word: str) -> bool:
    """Whether a word of the command line means this case."""
    if word.startswith("@"):
        return name.endswith(word)
    base = name.partition("@")[0]
    return word in (name, base, base.rpartition("-")[0])


def visits(cases: Iterable[Case]) -> list[Visit]:
    """The cases, grouped by what they need: cases of one crowd share its connections."""
    groups: dict[tuple[str, int], list[Case]] = {}
    for case in cases:
        groups.setdefault((_group(case), case.clients), []).append(case)
    return [Visit(group, clients, tuple(found)) for (group, clients), found in groups.items()]


def _group(case: Case) -> str:
    if case.kind == "channels":
        return f"{MANY}-{case.channels}"
    return {"echo": ECHO, "stalled": STALLED, "memory": MEMORY}.get(case.kind, CROWD)
