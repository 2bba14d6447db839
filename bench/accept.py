"""The ratios that the project holds itself to: ``python -m bench accept``."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench.cases import Case
from bench.figures import Figure, ratios, spread, values
from bench.peers import FLOOR, HOLDFAST, PLAIN, SANSIO, Peer
from bench.runner import Results

OK, SHORT, UNKNOWN = "ok", "short", "not measured"
TAKE_PART = (FLOOR, HOLDFAST, PLAIN, SANSIO)


@dataclass(frozen=True)
class Goal:
    """One line: what is accepted, what is aimed at, and where it is found."""

    title: str
    accepted: float
    goal: float
    case: str
    measure: Callable[[Results], list[float]]
    unit: str = ""
    more_is_better: bool = False

    def verdict(self, value: float) -> str:
        """ok from ``accepted`` on."""
        good = value >= self.accepted if self.more_is_better else value <= self.accepted
        return OK if good else SHORT


def _share(case: str, peer: Peer, base: Peer) -> Callable[[Results], list[float]]:
    """CPU of a peer as a ratio to another's."""
    figure = Figure(case, "", "cpu_us", "")
    return lambda results: ratios(results, figure, peer.name, base.name)


def _plain(case: str, key: str, peer: Peer) -> Callable[[Results], list[float]]:
    figure = Figure(case, "", key, "")
    return lambda results: values(results, figure, peer.name)


def _fanout(title: str, accepted: float, goal: float, case: str) -> Goal:
    return Goal(f"{title}, to the floor's", accepted, goal, case, _share(case, HOLDFAST, FLOOR))


ONE, LARGE, MANY = "fanout-1@1000", "fanout-1@10000", "fanout-16@1000"
GOALS = (
    _fanout("fan-out, 1,000 clients, one message a turn", 1.35, 1.2, ONE),
    _fanout("fan-out, 10,000 clients, one message a turn", 1.35, 1.2, LARGE),
    _fanout("fan-out, 1,000 clients, 16 messages a turn", 0.12, 0.1, MANY),
    _fanout("each client in 50 of 200 channels, all publish", 0.15, 0.08, "channels-50"),
    Goal("echo, FastAPI endpoint, to uvicorn's", 0.6, 0.5, "echo", _share("echo", PLAIN, SANSIO)),
    Goal("echo, Endpoint class, to uvicorn's", 0.5, 0.35, "echo", _share("echo", HOLDFAST, SANSIO)),
    Goal("idle connection, adopted", 3, 2.5, "idle", _plain("idle", "kb", HOLDFAST), "KB"),
    Goal("idle connection, FastAPI endpoint", 20, 17, "idle", _plain("idle", "kb", PLAIN), "KB"),
    Goal(
        "connect rate, adopted, to uvicorn's",
        2.0,
        2.4,
        "connect",
        _share("connect", SANSIO, HOLDFAST),
        more_is_better=True,
    ),
    Goal(
        "connect rate, FastAPI endpoint, to uvicorn's",
        1.4,
        1.6,
        "connect",
        _share("connect", SANSIO, PLAIN),
        more_is_better=True,
    ),
    Goal("loop lag, 10,000 sockets", 15, 8, "lag", _plain("lag", "lag_ms", HOLDFAST), "ms"),
    Goal(
        "idle channel with one subscriber",
        1,
        0.6,
        "channel-memory",
        _plain("channel-memory", "kb", HOLDFAST),
        "KB",
    ),
)


def needed(cases: Sequence[Case]) -> list[Case]:
    """The cases that the goals look at."""
    names = {goal.case for goal in GOALS}
    return [case for case in cases if case.name in names]


def lines(results: Results) -> list[list[str]]:
    """A row for each goal: title, accepted, goal, measured, verdict."""
    return [_line(goal, goal.measure(results)) for goal in GOALS]


def _line(goal: Goal, found: list[float]) -> list[str]:
    unit = f" {goal.unit}" if goal.unit else ""
    first = [goal.title, f"{goal.accepted:g}{unit}", f"{goal.goal:g}{unit}"]
    if not found:
        return [*first, "-", UNKNOWN]
    seen = spread(found)
    measured = f"{seen['median']:.2f}{unit} ({seen['min']:.2f} to {seen['max']:.2f})"
    return [*first, measured, goal.verdict(seen["median"])]


def passed(results: Results) -> bool:
    """Whether every line is ok."""
    return all(line[-1] == OK for line in lines(results))
