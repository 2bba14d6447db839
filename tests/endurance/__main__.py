"""``python -m tests.endurance``: see ``--help``."""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from bench.machine import facts

from tests.endurance import report, verdicts
from tests.endurance.fuzz import Fuzzed, Fuzzing
from tests.endurance.fuzz import complaints as fuzz_complaints
from tests.endurance.idle import QUIET, SETUPS, allow, idle
from tests.endurance.idle import complaints as idle_complaints
from tests.endurance.plot import picture
from tests.endurance.serving import serving
from tests.endurance.soak import Plan, Soaking
from tests.endurance.stops import LATEST, MOST, OPTIONS, stop
from tests.endurance.stops import complaints as stop_complaints
from tests.endurance.talks import STOCK, talks
from tests.endurance.talks import complaints as talk_complaints
from tests.support.servers import KINDS

CYCLES, SECONDS, TALKING = 100_000, 60.0, 120.0
CONNECTIONS, MINUTES = 15_000, 10.0
SOAKED = {"holdfast": "soak-holdfast", "uvicorn-sansio": "soak"}
EVERY = 10_000  # cycles of a leg
STEP = 5.0  # seconds between two lines of progress, where there is no terminal


def parser() -> argparse.ArgumentParser:
    found = argparse.ArgumentParser(
        prog="python -m tests.endurance",
        description="Wear servers out. In full, each command also keeps a dated result and writes "
        "its part of docs/endurance.md.",
    )
    commands = found.add_subparsers(dest="command", required=True)
    soak = commands.add_parser("soak", help="connect and disconnect in every way, on uvicorn")
    soak.add_argument("--server", action="append", choices=SOAKED, default=[], help="only this one")
    soak.add_argument("--cycles", type=int, default=CYCLES, help=f"how many connections ({CYCLES})")
    fuzz = commands.add_parser("fuzz", help="mutated frames beside healthy clients, on each server")
    fuzz.add_argument("--seconds", type=float, default=SECONDS, help=f"for each ({SECONDS:g})")
    fuzz.add_argument("--server", action="append", choices=KINDS, default=[], help="only this one")
    talk = commands.add_parser("keepalive", help="handlers that talk, with the servers' own pings")
    talk.add_argument("--seconds", type=float, default=TALKING, help=f"how long ({TALKING:g})")
    commands.add_parser("stop", help="SIGTERM under 1,000 connections, on each server in turn")
    rest = commands.add_parser("idle", help="connections that do nothing, and the server's pings")
    rest.add_argument("--connections", type=int, default=CONNECTIONS, help=f"({CONNECTIONS})")
    rest.add_argument("--minutes", type=float, default=MINUTES, help=f"how long ({MINUTES:g})")
    only = [" ".join(each) for each in SETUPS]
    rest.add_argument("--only", action="append", choices=only, default=[], help="not all at once")
    for command in (soak, fuzz):
        command.add_argument("--seed", type=int, help="repeat a run")
    for command in commands.choices.values():
        command.add_argument("--json", action="store_true", help="print JSON, not tables")
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Run; returns the exit code: 0 if all is as promised."""
    given = parser().parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="holdfast-endurance-") as folder:
        return int(asyncio.run(COMMANDS[given.command](given, Path(folder))))


async def run_soak(given: argparse.Namespace, folder: Path) -> int:
    codes = [await soak_one(given, folder, kind) for kind in given.server or SOAKED]
    return max(codes)


async def soak_one(given: argparse.Namespace, folder: Path, kind: str) -> int:
    legs = max(2, given.cycles // EVERY)
    plan = Plan(given.cycles, legs, seed=1 if given.seed is None else given.seed)
    progress = Progress()
    options = {kind: ("--log-level", "warning")}
    async with serving("tests.endurance.apps:quick", options, folder) as servers:
        found = Soaking(servers[kind], plan, progress.of_soak)
        await found.run()
    progress.end()
    flat = verdicts.flatness(found)
    wrong = flat.faults + verdicts.complaints(found)
    sentence, rests = report.soak_sentence(found, flat), report.soak_table(found)
    full = given.cycles >= CYCLES
    if full:
        (report.PICTURES / f"{SOAKED[kind]}.svg").write_text(picture(found, flat.start))
    body = f"{rests}\n\n{sentence}"
    return tell(given, SOAKED[kind], body, report.soak_document(found, flat), wrong, full)


async def run_fuzz(given: argparse.Namespace, folder: Path) -> int:
    seed = random.randrange(1 << 30) if given.seed is None else given.seed
    progress, found = Progress(), []
    for kind in given.server or KINDS:
        progress.show(f"{kind}: {given.seconds:g} s of mutated frames, seed {seed}")
        async with serving("tests.endurance.apps:quick", {kind: ()}, folder) as servers:
            found.append(await Fuzzing(servers[kind], given.seconds, seed).run())
    progress.end()
    wrong = [f"{one.server}: {said}" for one in found for said in fuzz_complaints(one)]
    body = f"{report.fuzz_table(found)}\n\n{theirs(found)}"
    full = not given.server and given.seconds >= SECONDS
    return tell(given, "fuzz", body, msgspec.to_builtins(found), wrong, full)


def theirs(found: list[Fuzzed]) -> str:
    return f"Tracebacks of the servers' own code:\n\n{report.fuzz_theirs(found)}"


async def run_keepalive(given: argparse.Namespace, folder: Path) -> int:
    progress = Progress()
    async with serving("tests.endurance.apps:quick", STOCK, folder) as servers:
        progress.show(f"{len(servers)} servers, handlers that talk for {given.seconds:g} s")
        found = await talks(servers, given.seconds)
    progress.end()
    wrong = [str(talk) for talk in talk_complaints(found)]
    full = given.seconds >= TALKING
    body = report.talk_table(found)
    return tell(given, "keepalive", body, msgspec.to_builtins(found), wrong, full)


async def run_stop(given: argparse.Namespace, folder: Path) -> int:
    progress, found = Progress(), []
    for name, options in OPTIONS.items():
        progress.show(f"{name}: SIGTERM, at most {LATEST:g} s")
        async with serving("tests.endurance.apps:patient", {name: options}, folder) as servers:
            found.append(await stop(name, servers[name], MOST))
    progress.end()
    wrong = [said for one in found for said in stop_complaints(one)]
    return tell(given, "stop", report.stop_table(found), msgspec.to_builtins(found), wrong, True)


async def run_idle(given: argparse.Namespace, folder: Path) -> int:
    if said := allow(given.connections):
        sys.stderr.write(f"{said}\n")
        return 2
    progress = Progress()

    def show(name: str) -> Callable[[str], None]:
        return lambda line: progress.show(f"{name}: {line}", STEP)

    chosen = [each for each in SETUPS if not given.only or " ".join(each) in given.only]
    names = {f"{kind}#{path}": QUIET for kind, path in chosen}
    async with serving("tests.endurance.quiet:app", names, folder) as servers:
        idling = [
            idle(server, name.partition("#")[2], given.connections, given.minutes, show(name))
            for name, server in servers.items()
        ]
        found = await asyncio.gather(*idling)
    progress.end()
    wrong = [said for one in found for said in idle_complaints(one)]
    full = not given.only and given.connections >= CONNECTIONS and given.minutes >= MINUTES
    return tell(given, "idle", report.idle_table(found), report.idle_document(found), wrong, full)


COMMANDS = {
    "soak": run_soak,
    "fuzz": run_fuzz,
    "keepalive": run_keepalive,
    "stop": run_stop,
    "idle": run_idle,
}


def tell(
    given: argparse.Namespace, name: str, body: str, found: Any, wrong: list[str], full: bool
) -> int:
    """Print it; keep what was a full run."""
    day = datetime.now(UTC).date().isoformat()
    about = facts(None)
    about.pop("pinned", None)
    whole = report.document(day, about, found)
    sys.stdout.write((json.dumps(whole, ensure_ascii=False) if given.json else body) + "\n")
    for said in wrong:
        sys.stderr.write(f"WRONG {said}\n")
    if full:
        sys.stderr.write(f"kept in {report.keep(name, whole)}\n")
        machine = "; ".join(f"{key}: {value}" for key, value in about.items())
        report.write_part(name, f"{body}\n\nOn {day}: {machine}.")
    return 1 if wrong else 0


class Progress:
    """A line that says how far it is; where nobody watches, one now and then."""

    def __init__(self) -> None:
        self._start = self._shown = time.monotonic()
        self._tty = sys.stderr.isatty()

    def of_soak(self, found: Soaking) -> None:
        took = time.monotonic() - self._start
        rate = found.cycles / took
        ahead = (found.plan.cycles - found.cycles) / rate if rate else 0
        megabytes = found.samples[-1].resident / 1e6
        line = f"{found.cycles:,} of {found.plan.cycles:,} connections, {megabytes:.1f} MB, "
        self.show(f"{line}{rate:.0f} a second, {ahead:.0f} s to go", STEP)

    def show(self, line: str, every: float = 0.0) -> None:
        now = time.monotonic()
        if self._tty:
            sys.stderr.write(f"\r{line}\033[K")
        elif now - self._shown >= every:
            self._shown = now
            sys.stderr.write(f"{line}\n")
        sys.stderr.flush()

    def end(self) -> None:
        if self._tty:
            sys.stderr.write("\n")


if __name__ == "__main__":
    sys.exit(main())
