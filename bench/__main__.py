"""``python -m bench``: see ``--help``."""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from bench.accept import TAKE_PART, needed, passed
from bench.build import compiler
from bench.cases import ONE_CLIENT_MORE, Case, all_cases, chosen, matches
from bench.check import main as check
from bench.figures import figures, wide_spreads
from bench.machine import facts
from bench.peers import PEERS, Peer
from bench.process import Failed, allow_files, cores
from bench.progress import say
from bench.report import acceptance, document, keep, text, write_docs
from bench.runner import Run

ACCEPT = "accept"
SCALE = "scale"
CHECK = "check"
EPILOG = """
"scale" is a command of its own, four workers over one Redis: see "python -m bench scale --help".
"check" measures the static checker alone; all cases together end with it.
Cases can be named whole (fanout-16@1000), in part (fanout, fanout-16) or by size (@1000). "accept"
measures what the project holds itself to, and ends with 1 if a line falls short.
"""


def parser() -> argparse.ArgumentParser:
    """The options."""
    found = argparse.ArgumentParser(
        prog="python -m bench",
        description="Measure what servers pay for WebSockets, Holdfast beside others.",
        epilog=EPILOG,
    )
    names = ", ".join(case.name for case in all_cases(False, None, None))
    peers = ", ".join(peer.name for peer in PEERS)
    found.add_argument("case", nargs="*", help=f"accept, or which of: {names} (all of them)")
    found.add_argument("--peers", metavar="NAMES", help=f"commas between: {peers} (all of them)")
    found.add_argument("--quick", action="store_true", help="smaller: a look, not a measurement")
    found.add_argument("--rounds", type=positive, default=3, help="turns each peer takes (3)")
    found.add_argument("--clients", type=positive, help="clients in each case")
    found.add_argument("--messages", type=positive, help="messages, or round trips per client")
    found.add_argument("--json", action="store_true", help="print JSON, not tables")
    found.add_argument(
        "--write-docs", action="store_true", help="put tables and plots into docs/benchmarks.md"
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
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words[:1] == [SCALE]:
        from bench.scale.command import main as scale  # it needs redis-py

        return scale(words[1:])
    if words[:1] == [CHECK]:
        return check(words[1:])
    options = parser()
    given = options.parse_args(words)
    try:
        cases, peers = choice(given)
        if given.write_docs and (given.quick or given.clients or given.messages or given.case):
            raise ValueError("--write-docs needs all cases at their full sizes")
    except ValueError as error:
        options.error(str(error))
    try:
        code = measure(cases, peers, given)
        return code if given.case or given.json else max(code, check([]))
    except Failed as error:
        say(str(error))
        return 1


def choice(given: argparse.Namespace) -> tuple[list[Case], list[Peer]]:
    """The cases and the peers that the options ask for; ``ValueError`` for unknown ones."""
    known = all_cases(given.quick, given.clients, given.messages)
    by_name = {peer.name: peer for peer in PEERS}
    if given.case == [ACCEPT]:
        return needed(known), list(TAKE_PART)
    for word in given.case:
        if not any(matches(case.name, word) for case in known):
            listed = ", ".join(case.name for case in known)
            raise ValueError(f"no case {word!r}: choose from {listed}")
    names = given.peers.split(",") if given.peers else list(by_name)
    if unknown := [name for name in names if name not in by_name]:
        raise ValueError(f"no peer {unknown[0]!r}: choose from {', '.join(by_name)}")
    return chosen(known, given.case), [by_name[name] for name in by_name if name in names]


def measure(cases: Sequence[Case], wanted: Sequence[Peer], given: argparse.Namespace) -> int:
    """Measure, and show."""
    allow_files(max(case.clients for case in cases) + ONE_CLIENT_MORE)
    pinned = cores()
    if pinned is None:
        say("Server and client cannot be pinned to two cores here: expect wider spreads.")
    if not compiler():
        say("There is no C compiler: the client is slower, and the floor a loop in Python.")
    peers = present(wanted)
    about, begin = facts(pinned), time.monotonic()
    results = Run(cases, peers, given.rounds).run()
    took = time.monotonic() - begin
    found = document(cases, results, about, datetime.now(UTC).date().isoformat(), given.rounds)
    show(found, cases, given)
    if given.write_docs:
        say(f"kept in {keep(found)}")
        write_docs(found, cases, took)
    if given.case == [ACCEPT]:
        return 0 if passed(results) else 1
    return 1 if incomplete(found, peers) else 0


def present(wanted: Sequence[Peer]) -> list[Peer]:
    """Those that can run here; of the others, one sentence."""
    for peer in wanted:
        if peer.missing:
            say(peer.missing)
    found = [peer for peer in wanted if not peer.missing]
    if not found:
        raise Failed("none of them can run here")
    return found


def show(found: dict[str, Any], cases: Sequence[Case], given: argparse.Namespace) -> None:
    """Print tables or JSON, and what to measure again."""
    results = found["results"]
    if given.json:
        print(json.dumps(found, ensure_ascii=False))
    elif given.case == [ACCEPT]:
        print(acceptance(results))
    else:
        print(text(results, cases))
    for sentence in wide_spreads(results, figures(cases)):
        say(sentence)


def incomplete(found: dict[str, Any], peers: Sequence[Peer]) -> bool:
    """Whether a program of ours is missing from a case that any peer took part in."""
    ours = {peer.name for peer in peers if peer.ours and peer.channels}
    return any(rounds and not ours <= set(rounds) for rounds in found["results"].values())


if __name__ == "__main__":
    sys.exit(main())
