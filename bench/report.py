"""Turns results into tables: ratios to the tutorial, round by round, so that each ratio compares
what ran side by side."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from bench.load import Load
from bench.peers import PEERS, TUTORIAL
from bench.process import ROOT, Failed
from bench.runner import Rounds

DOCS = ROOT / "docs" / "benchmarks.md"
RESULTS = ROOT / "bench" / "results"
START, END = "<!-- bench:start -->", "<!-- bench:end -->"
WIDE = 1.5  # of the largest ratio to the smallest: then something else ran on the machine

Figure = Callable[[dict[str, Any]], float]
ROWS: dict[str, tuple[str, str, Figure]] = {
    "fanout-1": ("CPU per delivery, one message a turn", "µs", lambda one: one["cpu_us"]),
    "fanout-16": ("CPU per delivery, 16 messages a turn", "µs", lambda one: one["cpu_us"]),
    "echo": ("CPU per round trip, echo", "µs", lambda one: one["cpu_us"]),
    "idle": ("memory per idle connection", "KB", lambda one: one["kb"]),
}


def summary(case: str, rounds: Rounds) -> dict[str, dict[str, float]]:
    """Peer -> median, and the ratio to the tutorial with its least and greatest."""
    figure = ROWS[case][2]
    base = [figure(one) for one in rounds.get(TUTORIAL.name, [])]
    found = {}
    for name, results in rounds.items():
        values = [figure(one) for one in results]
        found[name] = {"median": round(median(values), 3)}
        ratios = [value / other for value, other in zip(values, base, strict=False) if other > 0]
        if ratios:
            middle, least, most = median(ratios), min(ratios), max(ratios)
            found[name] |= {"ratio": round(middle, 3)}
            found[name] |= {"ratio_min": round(least, 3), "ratio_max": round(most, 3)}
    return found


def ratio_table(results: dict[str, Rounds]) -> str:
    """The tutorial's figures, and the others' as ratios to them."""
    others = [peer.name for peer in PEERS if peer is not TUTORIAL]
    lines = [["of the server", TUTORIAL.name, *(f"{name}, ratio" for name in others)]]
    for case, (title, unit, _) in ROWS.items():
        if case in results:
            found = summary(case, results[case])
            base = found.get(TUTORIAL.name)
            first = f"{base['median']:.1f} {unit}" if base else "-"
            lines.append([title, first, *(_ratio(found.get(name)) for name in others)])
    return table(lines) if len(lines) > 1 else ""


def _ratio(found: dict[str, float] | None) -> str:
    if found is None or "ratio" not in found:
        return "-"
    return f"{found['ratio']:.2f} ({found['ratio_min']:.2f} to {found['ratio_max']:.2f})"


def stalled_table(rounds: Rounds) -> str:
    """What the clients got that read, while others did not."""
    first = next(iter(rounds.values()))[0]
    head = f"{first['stalled']} clients never read; of the {first['healthy']} that read"
    lines = [[head, "what came", "server's memory grew by"]]
    for peer in PEERS:
        if found := rounds.get(peer.name):
            grown = f"{median(one['grown_mb'] for one in found):.0f} MB"
            lines.append([peer.name, _stalled_sentence(found), grown])
    return table(lines)


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


def table(lines: Sequence[Sequence[str]]) -> str:
    """A Markdown table that reads well as text, too."""
    widths = [max(len(line[at]) for line in lines) for at in range(len(lines[0]))]
    rows = [
        "| "
        + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        + " |"
        for line in lines
    ]
    return "\n".join(
        [rows[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *rows[1:]]
    )


def tables(results: dict[str, Rounds]) -> str:
    """All of them."""
    parts = [ratio_table(results)]
    if results.get("stalled"):
        parts.append(stalled_table(results["stalled"]))
    return "\n\n".join(filter(None, parts))


def wide_spreads(results: dict[str, Rounds]) -> list[str]:
    """The figures to measure again, one sentence each."""
    return [
        f"{name} in {case} varied from {one['ratio_min']} to {one['ratio_max']} of the tutorial's: "
        "other work on this machine; run it again"
        for case in results
        if case in ROWS
        for name, one in summary(case, results[case]).items()
        if one.get("ratio_max", 0) > WIDE * one.get("ratio_min", 1)
    ]


def document(
    loads: Sequence[Load], results: dict[str, Rounds], facts: dict[str, str], day: str, rounds: int
) -> dict[str, Any]:
    """Everything, for programs."""
    return {
        "date": day,
        "rounds": rounds,
        "machine": facts,
        "loads": {load.case: vars(load) for load in loads},
        "summary": {case: summary(case, results[case]) for case in results if case in ROWS},
        "results": results,
    }


def keep(found: dict[str, Any]) -> Path:
    """Write the dated result file."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{found['date']}.json"
    path.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n")
    return path


def write_docs(found: dict[str, Any], text: str) -> None:
    """Put the tables between the markers of docs/benchmarks.md."""
    page = DOCS.read_text()
    if START not in page or END not in page:
        raise Failed(f"{DOCS.name} has lost its markers {START} and {END}")
    head, _, rest = page.partition(START)
    tail = rest.partition(END)[2]
    facts = "\n".join(f"- {name}: {value}" for name, value in found["machine"].items())
    intro = f"Measured on {found['date']}: medians of {found['rounds']} rounds, least to greatest."
    DOCS.write_text(f"{head}{START}\n\n{intro}\n\n{text}\n\n{facts}\n\n{END}{tail}")
