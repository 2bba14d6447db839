"""The figures of rounds, as a table and as a dated file."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from bench.machine import facts
from bench.report import table

from tests.chaos.cases import CASES
from tests.chaos.judge import Figures, Spread

RESULTS = Path(__file__).parent / "results"

HEAD = [
    *("case", "rounds", "publications", "accepted", "deliveries", "outages"),
    *("noticed, p50 / most", "recovered, p50 / p99 / most", "complete, p50 / p99 / most", "misses"),
]


def summary(found: Sequence[Figures]) -> str:
    """One line for each case."""
    names = dict.fromkeys(one.case for one in found)
    lines = [line(name, [one for one in found if one.case == name]) for name in names]
    return table([HEAD, *lines])


def line(name: str, found: Sequence[Figures]) -> list[str]:
    outcomes = sum((Counter(one.outcomes) for one in found), Counter[str]())
    noticed = [one.noticed for one in found if one.noticed]
    recovered = [one.recovered for one in found if one.recovered]
    complete = [one.complete for one in found if one.complete]
    return [
        name,
        str(len(found)),
        f"{sum(one.publications for one in found):,}",
        f"{outcomes['accepted'] + outcomes['buffered']:,}",
        f"{sum(one.deliveries for one in found):,}",
        str(sum(one.outages for one in found)),
        seconds([worst(noticed, 0), worst(noticed, 2)]),
        seconds([worst(recovered, 0), worst(recovered, 1), worst(recovered, 2)]),
        seconds([worst(complete, 0), worst(complete, 1), worst(complete, 2)]),
        str(sum(len(one.misses) for one in found)),
    ]


def worst(spreads: Iterable[Spread], index: int) -> float | None:
    """Of all rounds the slowest."""
    return max((each[index] for each in spreads), default=None)


def seconds(values: Iterable[float | None]) -> str:
    return " / ".join("-" if each is None else f"{each:.1f} s" for each in values)


def round_line(one: Figures) -> str:
    """What a round's line says when it is over."""
    verdict = f"{len(one.misses)} MISSES" if one.misses else "clean"
    counts = ", ".join(f"{count:,} {name}" for name, count in one.outcomes.items())
    return (
        f"{one.case} seed {one.seed}: {verdict}. {counts}; {one.deliveries:,} deliveries; "
        f"noticed {seconds(one.noticed or [None])}; recovered {seconds(one.recovered or [None])}; "
        f"complete {seconds(one.complete or [None])}; slowest publish {one.slowest_publish} s; "
        f"gap notices {one.told_gap}, incomplete {one.told_incomplete}, closed {one.reconnects}"
    )


def document(found: Sequence[Figures], seed: int) -> dict[str, Any]:
    about = facts(None)
    about.pop("pinned", None)
    return {
        "day": datetime.now(UTC).date().isoformat(),
        "machine": about,
        "seed": seed,
        "cases": {name: CASES[name].what for name in dict.fromkeys(one.case for one in found)},
        "rounds": msgspec.to_builtins(found),
    }


def keep(whole: dict[str, Any]) -> Path:
    """Write the dated file; returns its path."""
    path = RESULTS / f"{whole['day']}.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(whole, ensure_ascii=False, indent=1) + "\n")
    return path
