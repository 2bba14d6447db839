"""Turns results into tables, in the terminal and in docs/benchmarks.md."""

import json
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from bench.accept import lines
from bench.cases import Case
from bench.figures import Figure, figures, summary
from bench.peers import FLOOR, PEERS, Peer, floor_title
from bench.plots import plots
from bench.process import ROOT, Failed
from bench.runner import Results, Rounds

DOCS = ROOT / "docs" / "benchmarks.md"
IMAGES = ROOT / "docs" / "images"
RESULTS = ROOT / "bench" / "results"
START, END = "<!-- bench:start -->", "<!-- bench:end -->"


def title(peer: Peer) -> str:
    """In a table."""
    return floor_title() if peer is FLOOR else peer.title


class Section(NamedTuple):
    """Cases that are shown together."""

    headline: str
    text: str
    cases: Sequence[Case]


def sections(results: Results, cases: Sequence[Case]) -> list[Section]:
    """Headline and table, for each group of cases that was measured."""
    found = []
    for headline, kinds in GROUPS:
        sizes = sorted({case.clients for case in cases if case.kind in kinds})
        groups = [[size] for size in sizes] if kinds == ("fanout",) else [sizes]
        for group in groups:
            some = [case for case in cases if case.kind in kinds and case.clients in group]
            text = figure_table(results, figures(some))
            size = f"{group[0]:,}" if group else ""
            found.append(Section(headline.format(clients=size), text, some))
    if results.get("stalled"):
        found.append(Section("While others do not read", stalled_table(results["stalled"]), ()))
    return [section for section in found if section.text]


GROUPS = (
    ("Fan-out to {clients} clients: CPU per delivery", ("fanout",)),
    ("Channels: CPU per delivery", ("channels",)),
    ("Echo: CPU per round trip", ("echo",)),
    ("Connections: CPU of a handshake, memory while idle", ("connect", "idle")),
    ("One message every 50 ms: latency and CPU of a delivery", ("latency",)),
    ("Lag of the event loop while {clients} sockets are written to", ("lag",)),
    ("Memory of an idle channel with one subscriber", ("memory",)),
)


def figure_table(results: Results, columns: Sequence[Figure]) -> str:
    """A row per peer. Where a figure has a base: the ratio to it, least to greatest."""
    shown = [peer for peer in PEERS if any(results[one.case].get(peer.name) for one in columns)]
    if not shown:
        return ""
    rows = [["", *(_head(results, one) for one in columns)]]
    found = [summary(results, one) for one in columns]
    for peer in shown:
        cells = [
            _cell(one, numbers.get(peer.name), results[one.case].get(peer.name, []))
            for one, numbers in zip(columns, found, strict=True)
        ]
        rows.append([title(peer), *cells])
    return table(rows)


def _head(results: Results, figure: Figure) -> str:
    base = next((peer.title for peer in PEERS if peer.name == figure.base), "")
    compared = any("ratio" in one for one in summary(results, figure).values())
    return f"{figure.title}, ratio to {base}" if compared else f"{figure.title}, {figure.unit}"


def _cell(figure: Figure, found: dict[str, Any] | None, rounds: Sequence[dict[str, Any]]) -> str:
    if not found:
        return _instead(rounds)
    share = found.get("ratio", found)
    text = _span(share)
    if "ratio" in found and share["min"] == share["max"] == 1:
        return f"1 = {_number(found['median'])} {figure.unit}"
    return text


def _instead(rounds: Sequence[dict[str, Any]]) -> str:
    if not rounds:
        return "-"
    return str(rounds[0].get("passed", "incomplete")).partition(":")[0]


def _span(found: dict[str, float]) -> str:
    middle, least, most = (_number(found[name]) for name in ("median", "min", "max"))
    return middle if least == most else f"{middle} ({least} to {most})"


def _number(value: float) -> str:
    """Three digits that count."""
    digits = 0 if value >= 100 else 1 if value >= 10 else 2
    return f"{value:,.{digits}f}"


def stalled_table(rounds: Rounds) -> str:
    """What the clients got that read, while others did not."""
    first = next(iter(rounds.values()))[0]
    head = f"{first['stalled']} clients never read; of the {first['healthy']} that read"
    rows = [[head, "what came", "server's memory grew by"]]
    for peer in PEERS:
        if found := rounds.get(peer.name):
            grown = f"{median(one['grown_mb'] for one in found):.0f} MB"
            rows.append([peer.title, _stalled_sentence(found), grown])
    return table(rows)


def _stalled_sentence(found: Sequence[dict[str, Any]]) -> str:
    each = found[0]["wanted"] // found[0]["healthy"]
    seconds = median(one["seconds"] for one in found)
    complete = min(one["complete"] for one in found)
    if complete == found[0]["healthy"]:
        return f"all {complete} got all {each:,}, in {seconds:.1f} s"
    least = min(one["least"] for one in found)
    most = max(one["most"] for one in found)
    span = f"{least:,}" if least == most else f"{least:,} to {most:,}"
    sentence = f"{complete} got all {each:,}: they got {span} in {seconds:.1f} s"
    return sentence + ENDINGS[found[0]["ended"]]


ENDINGS = {
    "complete": "",
    "silence": ", then nothing",
    "deadline": ", when time was up",
    "closed": ", then were closed",
}


def table(rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table that reads well as text, too."""
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    found = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in rows
    ]
    return "\n".join(
        [found[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *found[1:]]
    )


def acceptance(results: Results) -> str:
    """What we hold ourselves to, and what was measured."""
    rows = [["", "accepted at", "goal", "measured", ""]]
    return table([*rows, *lines(results)])


def text(results: Results, cases: Sequence[Case]) -> str:
    """All tables, for a terminal."""
    return "\n\n".join(f"{one.headline}\n\n{one.text}" for one in sections(results, cases))


def document(
    cases: Sequence[Case], results: Results, facts: dict[str, str], day: str, rounds: int
) -> dict[str, Any]:
    """Everything, for programs."""
    found = figures(cases)
    return {
        "date": day,
        "rounds": rounds,
        "machine": facts,
        "cases": {case.name: vars(case) for case in cases},
        "summary": {figure.name: summary(results, figure) for figure in found},
        "results": results,
    }


def keep(found: dict[str, Any]) -> Path:
    """Write the dated result file."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{found['date']}.json"
    path.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n")
    return path


def write_docs(found: dict[str, Any], cases: Sequence[Case], took: float) -> None:
    """Put the tables between the markers of docs/benchmarks.md, and the plots beside it."""
    page = DOCS.read_text()
    if START not in page or END not in page:
        raise Failed(f"{DOCS.name} has lost its markers {START} and {END}")
    results = found["results"]
    head, _, rest = page.partition(START)
    tail = rest.partition(END)[2]
    facts = "\n".join(f"- {name}: {value}" for name, value in found["machine"].items())
    intro = f"Measured on {found['date']}, in {took / 60:.0f} minutes: " + (
        f"medians of {found['rounds']} rounds, least to greatest in brackets."
        if found["rounds"] > 1
        else "one round, so that no spread is shown."
    )
    shown = [_with_pictures(results, section) for section in sections(results, cases)]
    goals = f"### What we hold ourselves to\n\n{acceptance(results)}"
    DOCS.write_text(head + "\n\n".join([START, intro, *shown, goals, facts, END]) + tail)


def _with_pictures(results: Results, section: Section) -> str:
    """A section of the page; its plots are written beside the page."""
    pictures = plots(results, section.cases)
    for picture in pictures:
        (IMAGES / picture.name).write_text(picture.svg)
    images = [f"![{one.title}](images/{one.name})" for one in pictures]
    return "\n\n".join([f"### {section.headline}", *images, section.text])
