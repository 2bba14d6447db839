"""``python -m bench``: see ``--help``."""

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime

from bench.load import Load, loads
from bench.machine import facts
from bench.peers import HOLDFAST, TUTORIAL
from bench.process import Failed, allow_files, cores
from bench.report import document, keep, tables, wide_spreads, write_docs
from bench.runner import left_out, run, say


def parser() -> argparse.ArgumentParser:
    """The options."""
    found = argparse.ArgumentParser(
        prog="python -m bench",
        description="Measure Holdfast beside the tutorial's ConnectionManager and python-socketio.",
    )
    names = ", ".join(loads(False, None, None))
    found.add_argument("case", nargs="*", help=f"which of: {names} (all of them)")
    found.add_argument("--quick", action="store_true", help="smaller: a look, not a measurement")
    found.add_argument("--rounds", type=positive, default=3, help="turns each peer takes (3)")
    found.add_argument("--clients", type=positive, help="clients in each case")
    found.add_argument("--messages", type=positive, help="messages, or round trips per client")
    found.add_argument("--json", action="store_true", help="print JSON, not tables")
    found.add_argument(
        "--write-docs", action="store_true", help="put the tables into docs/benchmarks.md"
    )
    return found


def positive(text: str) -> int:
    """A number above zero."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("expected a number above zero")
    return number


def main(arguments: Sequence[str] | None = None) -> int:
    """Run; returns the exit code."""
    options = parser()
    given = options.parse_args(arguments)
    known = loads(given.quick, given.clients, given.messages)
    unknown = [name for name in given.case if name not in known]
    if unknown:
        options.error(f"no case {unknown[0]!r}: choose from {', '.join(known)}")
    whole = not (given.quick or given.clients or given.messages or given.case)
    if given.write_docs and not whole:
        options.error("--write-docs needs all cases at their full sizes")
    chosen = [load for name, load in known.items() if not given.case or name in given.case]
    try:
        return measure(chosen, given, whole)
    except Failed as error:
        say(str(error))
        return 1


def measure(chosen: list[Load], given: argparse.Namespace, whole: bool) -> int:
    """Measure, and show."""
    allow_files(max(load.clients for load in chosen) + 200)
    pinned = cores()
    if pinned is None:
        say("Server and client cannot be pinned to two cores here: expect wider spreads.")
    about = facts(pinned)
    results = run(chosen, given.rounds)
    text = tables(results)
    found = document(chosen, results, about, datetime.now(UTC).date().isoformat(), given.rounds)
    print(json.dumps(found, ensure_ascii=False) if given.json else text)
    for sentence in wide_spreads(results):
        say(sentence)
    if left_out(results, (HOLDFAST.name, TUTORIAL.name)):
        return 1
    if whole:
        say(f"kept in {keep(found)}")
        if given.write_docs:
            write_docs(found, text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
