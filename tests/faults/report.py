"""Turns outcomes into tables: for the terminal, for docs/servers.md, and for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from bench.report import table

from tests.faults.bounds import IMPOSSIBLE, SLACK, bound, complaints, dropped
from tests.faults.cells import COLUMNS, FAULTS, HANDLERS, SERVERS, SHIPPED, Cell
from tests.faults.drive import Outcome
from tests.faults.setups import SETUPS

ROOT = Path(__file__).parent.parent.parent
DOCS = ROOT / "docs" / "servers.md"
RESULTS = Path(__file__).parent / "results"

SILENT = ("sends", "receives", "waits")  # the handlers of the cells where nothing is shortened
TITLES = {
    "own": "Holdfast's endpoints",
    "guarded": "plain, under `HoldfastGuard`",
    "plain": "plain, without it",
}
LETTERS = {"handler": "H", "task": "T", "descriptor": "S"}
LEGEND = (
    "**H**: its handler runs on; **T**: a task that its handler started does; **S**: its socket is "
    "open; *dropped*: a slow but steady reader was let go of."
)


class Results:
    """The outcomes of a run."""

    def __init__(self, outcomes: Iterable[Outcome], watch: float) -> None:
        self.outcomes = list(outcomes)
        self.watch = watch
        self._found = {outcome.cell: outcome for outcome in self.outcomes}

    def of(self, server: str, column: str) -> list[Outcome]:
        """Those of the cells of one server and column, without what concerns the whole process."""
        return [
            one
            for one in self.outcomes
            if (one.cell.server, one.cell.column) == (server, column) and one.cell.fault
        ]

    def get(self, server: str, column: str, fault: str, handler: str) -> Outcome | None:
        return self._found.get(Cell(server, column, fault, handler))

    @property
    def servers(self) -> list[str]:
        return [server for server in SERVERS if any(self.of(server, one) for one in COLUMNS)]

    @property
    def wrong(self) -> dict[str, list[str]]:
        """What is not as promised, by cell."""
        found = {}
        for one in self.outcomes:
            if said := complaints(one, self.watch):
                name = one.cell.name if one.cell.fault else "the whole process"
                found[f"{one.cell.server}, {one.cell.column}, {name}"] = said
        return found

    def clean(self, server: str, column: str) -> str:
        """How many cells left nothing."""
        cells = self.of(server, column)
        good = sum(is_clean(one, self.watch) for one in cells)
        return f"{good} of {len(cells)}" if cells else "-"


def is_clean(found: Outcome, watch: float) -> bool:
    """Whether nothing was left, and a slow reader was kept."""
    if found.cell.column != "plain":
        return not complaints(found, watch)
    return found.seconds is not None and not dropped(found, watch)


def summary(results: Results) -> str:
    """One line for each server."""
    head = ["server", *TITLES.values()]
    lines = [
        [f"{SETUPS[server].title}, {SETUPS[server].version}"]
        + [results.clean(server, column) for column in COLUMNS]
        for server in results.servers
    ]
    return table([head, *lines])


def seconds(results: Results, server: str) -> str:
    """How long each cell took, our own endpoints and those under the guard."""
    lines = [["the client ...", "what ends it", *HANDLERS]]
    for fault, title in FAULTS.items():
        by = bound(Cell(server, "own", fault, "sends")).by
        cells = [pair(results, server, fault, handler) for handler in HANDLERS]
        lines.append([title, by, *cells])
    return table(lines)


def pair(results: Results, server: str, fault: str, handler: str) -> str:
    """The seconds of our own endpoint, and of the plain one under the guard."""
    cells = [results.get(server, column, fault, handler) for column in ("own", "guarded")]
    return " · ".join(took(one, results.watch) for one in cells)


def took(found: Outcome | None, watch: float) -> str:
    if found is None:
        return "-"
    if complaints(found, watch):
        return "**wrong**"
    return f"{found.seconds:.1f}"


def leaks(results: Results, server: str) -> str:
    """What was left without us."""
    lines = [["the client ...", *HANDLERS]]
    for fault, title in FAULTS.items():
        found = [results.get(server, "plain", fault, handler) for handler in HANDLERS]
        lines.append([title, *(leak(one, results.watch) for one in found)])
    return table(lines)


def leak(found: Outcome | None, watch: float) -> str:
    if found is None or found.log:
        return "-"
    found_there = {LETTERS.get(one.split()[0], "") for one in found.left}
    letters = [letter for letter in LETTERS.values() if letter in found_there]
    return " ".join(["dropped"] * bool(dropped(found, watch)) + letters) or "·"


def impossible(results: Results) -> str:
    """What each server makes impossible, and what holds instead."""
    grouped: dict[tuple[str, str, str], tuple[list[str], list[str]]] = {}
    for (server, fault, handler), other in IMPOSSIBLE.items():
        if server in results.servers:
            instead = other.by or f"`on_disconnect` is told {listed(other.codes)}"
            of = ", and its handler raises" if handler else ""
            servers, faults = grouped.setdefault((of, other.reason, instead), ([], []))
            servers.append(short(server))
            faults.append(FAULTS[fault])
    lines = [["server", "when the client ...", "it", "what bounds it, or holds instead"]]
    for (of, reason, instead), (servers, faults) in grouped.items():
        names, clients = (", ".join(dict.fromkeys(each)) for each in (servers, faults))
        lines.append([names, clients + of, reason, instead])
    return table(lines)


def told(results: Results) -> str:
    """What ``on_disconnect`` was told, by fault and server, where the handler did not raise."""
    lines = [["the client ...", *map(short, results.servers)]]
    for fault, title in FAULTS.items():
        row = []
        for server in results.servers:
            cells = [one for one in results.of(server, "own") if one.cell.fault == fault]
            calm = [one for one in cells if one.cell.handler != "raises"]
            row.append(listed({code for one in calm for code, _ in one.disconnects}) or "-")
        lines.append([title, *row])
    return table(lines)


def listed(codes: Iterable[int]) -> str:
    return " or ".join(map(str, sorted(codes)))


def short(server: str) -> str:
    """A server's name for a table."""
    return SETUPS[server].title.partition(" (")[0].replace("uvicorn, `--ws ", "uvicorn `")


def keepalive(results: Results) -> str:
    """What each server does by itself, and when a half-open connection has ended with us."""
    lines = [["server", "as it comes", *(f"a handler that {one}" for one in SILENT)]]
    for server in results.servers:
        found = [results.get(server, SHIPPED, "half-open", one) for one in SILENT]
        took = [f"{one.seconds:.0f} s" if one and one.seconds else "-" for one in found]
        lines.append([SETUPS[server].title, SETUPS[server].keepalive, *took])
    return table(lines)


def text(results: Results) -> str:
    """For the terminal."""
    parts = [summary(results)]
    for server in results.servers:
        parts.append(f"{server}: seconds until everything was over, own · guarded")
        parts.append(seconds(results, server))
        if results.of(server, "plain"):
            parts.append(f"{server}: what was left without us")
            parts.append(leaks(results, server))
    parts += [f"WRONG {name}: {'; '.join(said)}" for name, said in results.wrong.items()]
    return "\n\n".join(parts)


def document(results: Results, facts: Mapping[str, str], day: str) -> dict[str, Any]:
    """Everything, for programs."""
    return {
        "date": day,
        "machine": dict(facts),
        "versions": {server: SETUPS[server].version for server in results.servers},
        "watch": results.watch,
        "slack": SLACK,
        "clean": {
            server: {column: results.clean(server, column) for column in COLUMNS}
            for server in results.servers
        },
        "wrong": results.wrong,
        "cells": [plain(one) for one in results.outcomes],
    }


def plain(found: Outcome) -> dict[str, Any]:
    """An outcome without what says nothing."""
    said = {
        "seconds": found.seconds,
        "left": found.left,
        "over": found.over,
        "told": found.disconnects,
        "client": found.code,
        "kept": found.kept,
        "log": found.log,
    }
    cell = found.cell
    names = {"cell": f"{cell.server} {cell.column} {cell.fault} {cell.handler}".strip()}
    return {**names, **{key: value for key, value in said.items() if value not in (None, [], "")}}


def keep(found: Mapping[str, Any]) -> Path:
    """Write the dated result file: a line for each cell, so that two can be compared."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{found['date']}.json"
    head = {key: value for key, value in found.items() if key != "cells"}
    rows = ",\n".join(json.dumps(one, ensure_ascii=False) for one in found["cells"])
    start = json.dumps(head, ensure_ascii=False, indent=1).removesuffix("\n}")
    path.write_text(f'{start},\n "cells": [\n{rows}\n]}}\n')
    return path


def parts(results: Results, facts: Mapping[str, str], day: str) -> dict[str, str]:
    """The generated parts of docs/servers.md, by the names of their markers."""
    about = "\n".join(f"- {name}: {value}" for name, value in facts.items())
    tables = []
    for server in results.servers:
        tables += [f"### {SETUPS[server].title}", seconds(results, server)]
    left = []
    for server in results.servers:
        left += [f"### {SETUPS[server].title}", leaks(results, server)]
    return {
        "summary": f"Run on {day}; cells that left nothing:\n\n{summary(results)}",
        "impossible": impossible(results),
        "told": told(results),
        "keepalive": keepalive(results),
        "seconds": "\n\n".join(tables),
        "leaks": "\n\n".join([LEGEND, *left]),
        "machine": about,
    }


def write_docs(found: Mapping[str, str]) -> None:
    """Put the parts between their markers in docs/servers.md."""
    page = DOCS.read_text()
    for name, body in found.items():
        page = between(page, name, body)
    DOCS.write_text(page)


def between(page: str, name: str, body: str) -> str:
    """The page with that part replaced."""
    start, end = f"<!-- matrix:{name} -->", f"<!-- matrix:{name}:end -->"
    head, found, rest = page.partition(start)
    _, closed, tail = rest.partition(end)
    if not found or not closed:
        raise SystemExit(f"{DOCS.name} has lost its markers {start} and {end}")
    return f"{head}{start}\n\n{body}\n\n{end}{tail}"
