"""Figures of the results: a number per round, and its ratio to another peer's in that round."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from bench.cases import Case
from bench.peers import FLOOR, SANSIO
from bench.runner import Results

WIDE = 1.5  # of the largest ratio to the smallest: then something else ran on the machine


@dataclass(frozen=True)
class Figure:
    """What is shown of a case."""

    case: str
    title: str
    key: str
    unit: str
    base: str = ""
    """The peer that the others are compared with; nothing: they are not."""

    @property
    def name(self) -> str:
        """In the JSON."""
        return f"{self.case} {self.key}"


def figures(cases: Sequence[Case]) -> list[Figure]:
    """All that the cases give, in order."""
    return [figure for case in cases for figure in _of(case)]


def _of(case: Case) -> list[Figure]:
    if case.kind == "fanout":
        turn = "one message a turn" if case.per_turn == 1 else f"{case.per_turn} messages a turn"
        return [Figure(case.name, turn, "cpu_us", "µs", FLOOR.name)]
    if case.kind == "channels":
        title = f"each of {case.clients:,} clients in {case.channels} of 200 channels"
        return [Figure(case.name, title, "cpu_us", "µs", FLOOR.name)]
    if case.kind == "echo":
        return [Figure(case.name, "echo", "cpu_us", "µs", SANSIO.name)]
    if case.kind == "connect":
        return [Figure(case.name, "handshake", "cpu_us", "µs", SANSIO.name)]
    if case.kind == "idle":
        return [Figure(case.name, "memory", "kb", "KB")]
    if case.kind == "latency":
        return [
            Figure(case.name, "latency, median", "p50_ms", "ms"),
            Figure(case.name, "latency, 99 %", "p99_ms", "ms"),
            Figure(case.name, "CPU per delivery", "cpu_us", "µs", FLOOR.name),
        ]
    if case.kind == "lag":
        return [Figure(case.name, "longest lag of the loop", "lag_ms", "ms")]
    return [Figure(case.name, "memory", "kb", "KB")] if case.kind == "memory" else []


def values(results: Results, figure: Figure, peer: str) -> list[float]:
    """A number per round; nothing for rounds that were not complete."""
    rounds = results.get(figure.case, {}).get(peer, [])
    return [one[figure.key] for one in rounds if _counts(one, figure.key)]


def _counts(result: dict[str, Any], key: str) -> bool:
    return (
        key in result and "passed" not in result and result.get("ended", "complete") == "complete"
    )


def ratios(results: Results, figure: Figure, peer: str, base: str) -> list[float]:
    """The same, divided by the base's of the same round."""
    rounds = results.get(figure.case, {})
    pairs = zip(rounds.get(peer, []), rounds.get(base, []), strict=False)
    return [
        one[figure.key] / other[figure.key]
        for one, other in pairs
        if _counts(one, figure.key) and _counts(other, figure.key) and other[figure.key] > 0
    ]


def spread(found: Sequence[float]) -> dict[str, float]:
    """Median, least and greatest."""
    numbers = {"median": median(found), "min": min(found), "max": max(found)}
    return {name: round(number, 3) for name, number in numbers.items()}


def summary(results: Results, figure: Figure) -> dict[str, dict[str, Any]]:
    """Peer -> its figures, and its ratios where the figure has a base."""
    found: dict[str, dict[str, Any]] = {}
    for peer in results.get(figure.case, {}):
        if numbers := values(results, figure, peer):
            found[peer] = {**spread(numbers), "rounds": len(numbers)}
        if numbers and (shares := ratios(results, figure, peer, figure.base)):
            found[peer]["ratio"] = spread(shares)
    return found


def wide_spreads(results: Results, found: Sequence[Figure]) -> list[str]:
    """The figures to measure again, one sentence each."""
    return [
        f"{peer} in {figure.case} varied from {one['ratio']['min']} to {one['ratio']['max']} times "
        f"{figure.base}: other work on this machine; run it again"
        for figure in found
        for peer, one in summary(results, figure).items()
        if "ratio" in one and one["ratio"]["max"] > WIDE * one["ratio"]["min"]
    ]
