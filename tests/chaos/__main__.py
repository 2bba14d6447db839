"""``python -m tests.chaos``: see ``--help``."""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.chaos import report
from tests.chaos.cases import CASES
from tests.chaos.judge import Figures, judge
from tests.chaos.round import SHORT, Plan, Round, keep_evidence

ROUNDS = 20


def parser() -> argparse.ArgumentParser:
    found = argparse.ArgumentParser(
        prog="python -m tests.chaos",
        description="Break the broker under load, and look for one publication that went wrong. "
        f"A run of {ROUNDS} rounds of every case is kept in tests/chaos/results/.",
    )
    found.add_argument("--rounds", type=int, default=ROUNDS, help=f"of each case ({ROUNDS})")
    found.add_argument("--case", action="append", choices=CASES, default=[], help="only this one")
    found.add_argument("--seed", type=int, help="of the first round; the others count on from it")
    found.add_argument("--short", action="store_true", help="small rounds, as the tests play them")
    found.add_argument("--json", action="store_true", help="print JSON, not a table")
    found.add_argument("--keep", type=Path, help="a folder for the evidence of each miss")
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Run; returns the exit code: 0 if there was no miss."""
    given = parser().parse_args(arguments)
    seed = random.randrange(1 << 30) if given.seed is None else given.seed
    evidence = given.keep or Path(tempfile.mkdtemp(prefix="holdfast-chaos-"))
    found = play(given, seed, evidence)
    whole = report.document(found, seed)
    body = json.dumps(whole, ensure_ascii=False) if given.json else report.summary(found)
    sys.stdout.write(f"{body}\n")
    if given.rounds >= ROUNDS and not given.case and not given.short:
        sys.stderr.write(f"kept in {report.keep(whole)}\n")
    return 1 if any(one.misses for one in found) else 0


def play(given: argparse.Namespace, seed: int, evidence: Path) -> list[Figures]:
    """The cases in turn, so that a run that is cut short has seen all of them."""
    names = given.case or list(CASES)
    total, start = given.rounds * len(names), time.monotonic()
    found: list[Figures] = []
    for number in range(given.rounds):
        for name in names:
            say(f"{len(found) + 1} of {total}: {CASES[name].what}, seed {seed + number}")
            found.append(one_round(name, given.short, seed + number, evidence))
            left = (time.monotonic() - start) / len(found) * (total - len(found))
            say(f"{report.round_line(found[-1])}; {left / 60:.0f} min to go", end="\n")
    return found


def one_round(name: str, short: bool, seed: int, evidence: Path) -> Figures:
    with tempfile.TemporaryDirectory(prefix="holdfast-chaos-") as folder:
        one = Round(CASES[name], SHORT if short else Plan(), seed, Path(folder))
        asyncio.run(one.run())
        figures = judge(one)
        if figures.misses:
            place = keep_evidence(one, figures.misses, evidence)
            lines = [*one.story(), *(f"MISS {said}" for said in figures.misses)]
            sys.stderr.write("\n".join(["", *lines, f"evidence: {place}", ""]))
    return figures


def say(line: str, end: str = "") -> None:
    """A line of progress; one that stays ends with a newline."""
    if end or sys.stderr.isatty():
        sys.stderr.write(f"\r{line}\033[K{end}" if sys.stderr.isatty() else f"{line}{end}")
        sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
