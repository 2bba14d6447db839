"""Turns what was seen into tables, into the dated files and into docs/endurance.md."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import msgspec
from bench.report import table

from tests.endurance.fuzz import Fuzzed
from tests.endurance.idle import Idle
from tests.endurance.soak import Soaking
from tests.endurance.stops import Stop
from tests.endurance.talks import COLUMNS, Talk
from tests.endurance.verdicts import BLOCKS, BYTES, Flat

ROOT = Path(__file__).parent.parent.parent
DOCS = ROOT / "docs" / "endurance.md"
RESULTS = Path(__file__).parent / "results"
PICTURES = ROOT / "docs" / "images"
SERVERS = ("uvicorn", "hypercorn", "granian", "daphne")
KEPT = 200  # samples in a file


# -- soak ------------------------------------------------------------------------------------------


def soak_table(found: Soaking) -> str:
    lines = [["connections", "resident memory", "small objects of Python", "left"]]
    lines += [
        [f"{one.cycles:,}", f"{one.resident / 1e6:.1f} MB", f"{one.blocks:,}", left(one.left)]
        for one in found.rests
    ]
    return table(lines)


def left(things: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}: {value}" for name, value in things.items()) or "nothing"


def soak_sentence(found: Soaking, flat: Flat) -> str:
    rate = found.cycles / found.seconds
    return (
        f"{found.cycles:,} connections in {found.seconds:.0f} s ({rate:.0f} a second). From "
        f"{flat.start:,} on, resident memory went by {flat.bytes:+.1f} bytes a connection and "
        f"Python's small objects by {flat.blocks:+.4f} a connection; the bounds are {BYTES} and "
        f"{BLOCKS}."
    )


def soak_document(found: Soaking, flat: Flat) -> dict[str, Any]:
    every = max(1, len(found.samples) // KEPT)
    return {
        "seconds": round(found.seconds, 1),
        "plan": found.plan._asdict(),
        "flat": flat._asdict(),
        "done": dict(found.done),
        "wrong": dict(found.wrong),
        "log": found.log,
        "rests": [msgspec.structs.asdict(one) for one in found.rests],
        "samples": [list(one) for one in found.samples[::every]],
    }


# -- the others ------------------------------------------------------------------------------------


def talk_table(found: Sequence[Talk]) -> str:
    lines = [["server", "Holdfast's endpoint", "plain, under `HoldfastGuard`", "plain, without it"]]
    for server in dict.fromkeys(talk.server for talk in found):
        talks = {talk.column: talk for talk in found if talk.server == server}
        lines.append([server, *(talk_cell(talks[column]) for column in COLUMNS)])
    return table(lines)


def talk_cell(talk: Talk) -> str:
    if talk.killed:
        return f"killed after {talk.seconds:.0f} s: {talk.code} {talk.reason}"
    code = "no close frame" if talk.code is None else str(talk.code)
    return f"{talk.messages} of {talk.wanted} messages, then {code}"


def stop_table(found: Sequence[Stop]) -> str:
    lines = [
        ["server", "open", "over after", "readers were told", "stuck, reset", "clean-ups ended"]
    ]
    lines += [
        [
            one.server.replace("#graceful", ", graceful timeout 10 s"),
            f"{one.connections:,}",
            "never" if one.seconds is None else f"{one.seconds:.1f} s",
            f"{told(one.told)} within {one.told_after:.1f} s",
            f"{one.reset} of {one.stuck}",
            f"{one.cleaned} of {one.cleans}",
        ]
        for one in found
    ]
    return table(lines)


def told(codes: Mapping[str, int]) -> str:
    """All columns together."""
    sums: dict[str, int] = {}
    for name, count in codes.items():
        code = name.split()[1]
        sums[code] = sums.get(code, 0) + count
    return ", ".join(f"{count} {code}" for code, count in sorted(sums.items()))


def fuzz_table(found: Sequence[Fuzzed]) -> str:
    lines = [
        ["server", "connections", "frames", "healthy: echoes", "slowest", "news", "harm", "left"]
        + ["ours"]
    ]
    lines += [
        [
            one.server,
            f"{one.connections:,}",
            f"{one.frames:,}",
            f"{one.echoes:,}",
            f"{one.slowest:.1f} s",
            f"{one.news:,}",
            str(len(one.harm)),
            left(one.left),
            str(len(one.ours)),
        ]
        for one in found
    ]
    return table(lines)


def fuzz_theirs(found: Sequence[Fuzzed]) -> str:
    """The servers' own tracebacks, which are no business of ours."""
    lines = [
        f"- {one.server}: {count:,} times {what}"
        for one in found
        for what, count in one.theirs.items()
    ]
    return "\n".join(lines) or "None."


def idle_table(found: Sequence[Idle]) -> str:
    lines = [
        ["server", "endpoint", "open", "minutes", "pings", "of a core", "in the worst 10 s"]
        + ["memory of one", "left"]
    ]
    lines += [
        [
            one.server,
            one.path,
            f"{one.open:,} of {one.connections:,}",
            f"{one.minutes:g}",
            f"{one.pings:,}",
            f"{one.load:.1f} %",
            f"{one.highest:.1f} %",
            f"{one.bytes / 1024:.1f} KB",
            left(one.left),
        ]
        for one in found
    ]
    return table(lines)


def idle_document(found: Sequence[Idle]) -> Any:
    return [
        msgspec.structs.asdict(one) | {"load": round(one.load, 2), "highest": one.highest}
        for one in found
    ]


# -- files -----------------------------------------------------------------------------------------


def document(day: str, facts: Mapping[str, str], what: Any) -> dict[str, Any]:
    """Everything, for programs."""
    versions = {name: version(name) for name in SERVERS}
    return {"date": day, "machine": dict(facts), "versions": versions, "found": what}


def keep(name: str, found: Mapping[str, Any]) -> Path:
    """Write a dated result."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{found['date']}-{name}.json"
    path.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n")
    return path


def write_part(name: str, body: str) -> None:
    """Put a part between its markers in docs/endurance.md."""
    start, end = f"<!-- {name} -->", f"<!-- {name}:end -->"
    page = DOCS.read_text()
    head, found, rest = page.partition(start)
    _, closed, tail = rest.partition(end)
    if not found or not closed:
        raise SystemExit(f"{DOCS.name} has lost its markers {start} and {end}")
    DOCS.write_text(f"{head}{start}\n\n{body}\n\n{end}{tail}")
