"""What the workers are asked to do."""

from dataclasses import dataclass
from typing import Any

from bench.scale.programs import Program

CHANNELS = 200

ONE, FLOOD, MANY = "one", "flood", "many"


@dataclass(frozen=True)
class Load:
    """A stream of publications of ``size`` bytes."""

    name: str
    title: str
    channels: int = 0
    """Each client is in one of so many; 0: all are in one."""
    goal: bool = False
    """Whether it is one that the ratios are asked of."""
    seconds: float = 3.0
    size: int = 128


LOADS = (
    Load(FLOOD, "as many as are published", goal=True),
    Load(ONE, "one at a time"),
    Load(MANY, f"{CHANNELS} channels", channels=CHANNELS),
)


@dataclass(frozen=True)
class Visit:
    """Loads that one crowd of clients serves."""

    loads: tuple[Load, ...]
    clients: int
    workers: int
    """Over which the clients are spread evenly."""
    dialect: str
    outside: str
    """How a publisher outside of the workers reaches them; empty: one of them publishes."""
    environment: dict[str, str]
    """That publisher's."""

    @property
    def task(self) -> str:
        """What the clients come for."""
        return "channels" if self.loads[0].channels else "everyone"

    def to_json(self) -> dict[str, Any]:
        """For the client process."""
        return {**vars(self), "loads": [vars(load) for load in self.loads]}

    @classmethod
    def from_json(cls, found: dict[str, Any]) -> "Visit":
        """What ``to_json`` wrote."""
        return cls(**{**found, "loads": tuple(Load(**one) for one in found["loads"])})


def visits(loads: tuple[Load, ...], clients: int, program: Program) -> list[Visit]:
    """Those with all clients in one channel together, and the others."""
    groups = [tuple(one for one in loads if bool(one.channels) is many) for many in (False, True)]
    kind = program.kind if program.workers > 1 else ""
    dialect, environment = program.peer.dialect, program.environment
    return [
        Visit(group, clients, program.workers, dialect, kind, environment)
        for group in groups
        if group
    ]
