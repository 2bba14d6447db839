"""``python -m bench scale``: see ``--help``."""

import argparse
import json
import os
import subprocess
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from bench.build import compiler
from bench.machine import facts
from bench.process import Failed, allow_files, cores
from bench.progress import say
from bench.scale import broker, report
from bench.scale.compare import OK, Comparison, verdicts
from bench.scale.fleet import missing
from bench.scale.loads import LOADS, Load
from bench.scale.programs import PROGRAMS, Program

PARTS = ("compare", "redis")
SPARE = 4000  # open files beside the connections: those that are closed again


def parser() -> argparse.ArgumentParser:
    """The options."""
    found = argparse.ArgumentParser(
        prog="python -m bench scale",
        description="Measure four workers over one Redis, Holdfast beside others, and what a "
        "Redis carries. Ends with 1 if a ratio falls short.",
    )
    names = ", ".join(program.name for program in PROGRAMS)
    loads = ", ".join(load.name for load in LOADS)
    found.add_argument("part", nargs="*", help=f"which of: {', '.join(PARTS)} (all of them)")
    found.add_argument("--programs", metavar="NAMES", help=f"commas between: {names}")
    found.add_argument("--loads", metavar="NAMES", help=f"commas between: {loads}")
    found.add_argument("--rounds", type=int, default=5, help="turns each program takes (5)")
    found.add_argument("--clients", type=int, default=1000, help="in all (1000)")
    found.add_argument("--quick", action="store_true", help="smaller: a look, not a measurement")
    found.add_argument("--json", action="store_true", help="print JSON, not tables")
    found.add_argument(
        "--write-docs", action="store_true", help="put tables and plots into docs/scale.md"
    )
    return found


def main(arguments: Sequence[str]) -> int:
    """Run; returns the exit code."""
    options = parser()
    given = options.parse_args(arguments)
    try:
        programs = _chosen(PROGRAMS, given.programs, "program")
        loads = _chosen(LOADS, given.loads, "load")
        if unknown := [part for part in given.part if part not in PARTS]:
            raise ValueError(f"no part {unknown[0]!r}: choose from {', '.join(PARTS)}")
        if given.write_docs and (given.part or given.programs or given.loads or given.quick):
            raise ValueError("--write-docs needs everything at its full size")
    except ValueError as error:
        options.error(str(error))
    try:
        return _run(programs, loads, given)
    except Failed as error:
        say(str(error))
        return 1


def _chosen(known: Sequence[Any], names: str | None, kind: str) -> list[Any]:
    """Those of a list with commas; ``ValueError`` for unknown ones."""
    by_name = {one.name: one for one in known}
    wanted = names.split(",") if names else list(by_name)
    if unknown := [name for name in wanted if name not in by_name]:
        raise ValueError(f"no {kind} {unknown[0]!r}: choose from {', '.join(by_name)}")
    return [by_name[name] for name in by_name if name in wanted]


def _run(programs: Sequence[Program], loads: Sequence[Load], given: argparse.Namespace) -> int:
    if sentence := missing():
        raise Failed(sentence)
    allow_files(given.clients + SPARE)
    if not compiler():
        say("There is no C compiler: the clients are slower, and less can be asked of the workers.")
    found = measure(programs, loads, given)
    if given.json:
        print(json.dumps(found, ensure_ascii=False))
    else:
        print(report.text(found))
    if given.write_docs:
        say(f"kept in {report.keep(found)}")
        report.write_docs(found)
    wanted = verdicts(found["results"], programs, loads) if found["results"] else []
    return 0 if all(one.word == OK for one in wanted) else 1


def measure(
    programs: Sequence[Program], loads: Sequence[Load], given: argparse.Namespace
) -> dict[str, Any]:
    """Everything that was asked for, for programs."""
    about, begin = {**facts(cores()), **places()}, time.monotonic()
    results, carried = {}, {}
    if not given.part or "compare" in given.part:
        present = _present(programs)
        some = tuple(replace(load, seconds=0.5) if given.quick else load for load in loads)
        results = Comparison(present, some, given.clients, given.rounds).run()
    if not given.part or "redis" in given.part:
        carried = broker.measure(given.quick)
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "rounds": given.rounds,
        "clients": given.clients,
        "minutes": round((time.monotonic() - begin) / 60, 1),
        "machine": about,
        "redis": carried,
        "results": results,
    }


def places() -> dict[str, str]:
    """Where what runs, and on which Redis."""
    output = subprocess.run(["redis-server", "--version"], capture_output=True, text=True).stdout
    version = next((word[2:] for word in output.split() if word.startswith("v=")), "unknown")
    found = cores()
    where = f"workers to core {found[0]}, clients and Redis to core {found[1]}" if found else "no"
    nice = os.getpriority(os.PRIO_PROCESS, 0)
    return {"pinned": f"{where}; all at nice {nice}", "redis-server": version}


def _present(programs: Sequence[Program]) -> list[Program]:
    """Those that can run here; of the others, one sentence."""
    for program in programs:
        if program.peer.missing:
            say(program.peer.missing)
    return [program for program in programs if not program.peer.missing]
