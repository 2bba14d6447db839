"""What one measurement asks for. It travels to the client process as JSON."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Load:
    """One case at certain sizes."""

    case: str
    clients: int
    messages: int = 0
    """Broadcasts in all; for echo, round trips per client."""
    size: int = 128
    per_turn: int = 1
    stalled: int = 0
    """How many of the clients never read."""
    quiet: float = 10.0
    """Seconds without any delivery after which nothing more is expected."""
    deadline: float = 120.0
    """Seconds after which the measurement ends in any case."""


def loads(quick: bool, clients: int | None, messages: int | None) -> dict[str, Load]:
    """The cases, in the order in which they run."""
    many = clients or (200 if quick else 1000)
    some = clients or (30 if quick else 60)
    fanout = messages or (100 if quick else 200)
    trips = messages or (100 if quick else 300)
    stalled = messages or (1500 if quick else 3000)
    quiet = 4.0 if quick else 10.0
    cases = [
        Load("fanout-1", many, fanout, per_turn=1),
        Load("fanout-16", many, 2 * fanout, per_turn=16),
        Load("stalled", some, stalled, 4096, 0, stalled=some // 10, quiet=quiet),
        Load("idle", many),
        Load("echo", min(many, 100), trips),
    ]
    return {load.case: load for load in cases}
