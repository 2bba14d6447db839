"""``python -m tests.faults``: see ``--help``."""

from __future__ import annotations

import argparse
import asyncio
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.machine import facts

from tests.faults.bounds import complaints
from tests.faults.cells import COLUMNS, FAULTS, HANDLERS, SERVERS, SHIPPED, Cell, cells
from tests.faults.drive import Outcome
from tests.faults.matrix import chromium, play
from tests.faults.network import make_network
from tests.faults.report import SILENT, Results, document, keep, parts, text, write_docs

WATCH = 55.0  # seconds: longer than any server's pings take to end a connection
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


def parser() -> argparse.ArgumentParser:
    found = argparse.ArgumentParser(
        prog="python -m tests.faults",
        description="Play every fault against every handler on every server; all of them "
        "together also write docs/servers.md and a dated result.",
    )
    choices = {"server": SERVERS, "column": COLUMNS, "fault": FAULTS, "handler": HANDLERS}
    for name, values in choices.items():
        text = f"only this {name}; may be given several times"
        found.add_argument(f"--{name}", action="append", choices=[*values], default=[], help=text)
    text = f"seconds that a slow reader is watched ({WATCH:g})"
    found.add_argument("--watch", type=float, default=WATCH, help=text)
    found.add_argument("--json", action="store_true", help="print JSON, not tables")
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Play; returns the exit code: 0 if every cell of ours is as promised."""
    given = parser().parse_args(arguments)
    network = make_network()
    if network is None:
        say("No network namespace here: packets are dropped at the clients' own sockets instead.")
    else:
        network.close()
    with tempfile.TemporaryDirectory(prefix="holdfast-matrix-") as logs:
        outcomes = asyncio.run(run(given, Path(logs)))
    results = Results(outcomes, given.watch)
    about = facts(None) | {"half-open": "a router that drops all" if network else "a socket filter"}
    about.pop("pinned", None)
    day = datetime.now(UTC).date().isoformat()
    found = document(results, about, day)
    sys.stdout.write((json.dumps(found) if given.json else text(results)) + "\n")
    if not narrowed(given) and given.watch >= WATCH:
        say(f"kept in {keep(found)}")
        write_docs(parts(results, about, day))
    return 1 if results.wrong else 0


def narrowed(given: argparse.Namespace) -> bool:
    """Whether it is a part of the matrix only."""
    return bool(given.server or given.column or given.fault or given.handler)


async def run(given: argparse.Namespace, logs: Path) -> list[Outcome]:
    """One server after the other, all its columns at once."""
    faults, handlers = given.fault or FAULTS, given.handler or HANDLERS
    outcomes: list[Outcome] = []
    async with AsyncExitStack() as stack:
        browser = await stack.enter_async_context(found_chromium()) if "tab" in faults else None
        for server in given.server or SERVERS:
            columns = given.column or COLUMNS
            chosen = [one for column in columns for one in cells(server, column, faults, handlers)]
            if not narrowed(given):
                chosen += [Cell(server, SHIPPED, "half-open", handler) for handler in SILENT]
            progress = Progress(server, len(chosen), given.watch)
            outcomes += await play(
                chosen, logs, watch=given.watch, browser=browser, progress=progress
            )
            progress.end()
    return outcomes


def found_chromium() -> Any:
    """A browser, or the sentence that says how to get one."""
    path = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if path is None:
        raise SystemExit("No Chromium was found: scripts/system-packages.sh chromium installs it.")
    return chromium(path)


class Progress:
    """A line that says how far it is."""

    def __init__(self, server: str, count: int, watch: float) -> None:
        self._server, self._count, self._watch = server, count, watch
        self._done = self._wrong = 0
        self._start = time.monotonic()
        self._show()

    def __call__(self, outcome: Outcome) -> None:
        self._done += 1
        if complaints(outcome, self._watch):
            self._wrong += 1
        self._show()

    def end(self) -> None:
        self._show(end="\n")

    def _show(self, end: str = "") -> None:
        took = time.monotonic() - self._start
        wrong = f", {self._wrong} wrong" if self._wrong else ""
        line = f"{self._server}: {self._done} of {self._count} cells over{wrong}, {took:.0f} s"
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{line}\033[K{end}")
            sys.stderr.flush()
        elif end:
            say(line)


def say(sentence: str) -> None:
    sys.stderr.write(sentence + "\n")


if __name__ == "__main__":
    sys.exit(main())
