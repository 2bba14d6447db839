"""Tables of what was measured over a broker, in the terminal and in docs/scale.md."""

import json
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

from bench.figures import spread
from bench.process import ROOT, Failed
from bench.report import IMAGES, RESULTS, table
from bench.runner import Results
from bench.scale.compare import advantage, costs, verdicts
from bench.scale.loads import LOADS, Load
from bench.scale.model import CORES, USES, Costs, Need, need
from bench.scale.model import costs as model_costs
from bench.scale.plot import pictures
from bench.scale.programs import HOLDFAST, PROGRAMS

DOCS = ROOT / "docs" / "scale.md"
Found = dict[str, Any]


def text(found: Found) -> str:
    """All tables, for a terminal."""
    parts = [*sections(found["results"])] if found["results"] else []
    if found["redis"]:
        parts += [redis_table(found["redis"])]
    return "\n\n".join(parts)


def sections(results: Results) -> list[str]:
    """The comparison: what is asked, then a table for each load."""
    found = [f"### {load.title.capitalize()}\n\n{load_table(results, load)}" for load in LOADS]
    shown = [one for one, load in zip(found, LOADS, strict=True) if results.get(load.name)]
    return [verdict_table(results), *shown]


def verdict_table(results: Results) -> str:
    """What is asked for, and what was measured."""
    rows = [["Holdfast's deliveries per CPU-second, to those of", "asked", "measured", ""]]
    shown = [one for one in PROGRAMS if any(one.name in rounds for rounds in results.values())]
    for one in verdicts(results, shown, LOADS):
        measured = _span(one.measured) if one.measured else "-"
        rows.append([one.program.title, f"{one.program.least:g}", measured, one.word])
    return table(rows)


def load_table(results: Results, load: Load) -> str:
    """A row for each program."""
    rows = [["", "deliveries per CPU-second", "Holdfast to it", *HEADS]]
    for program in PROGRAMS:
        rounds = results.get(load.name, {}).get(program.name, [])
        numbers = costs(results, load.name, program.name)
        if not rounds:
            continue
        if not numbers:
            rows.append([program.title, rounds[0]["ended"], "-", "-", "-", "-"])
            continue
        shares = advantage(results, load.name, program.name)
        own = program is HOLDFAST
        workers = median(costs(results, load.name, program.name, "workers_us"))
        broker = median(costs(results, load.name, program.name, "broker_us"))
        rates = [one["messages"] / one["seconds"] for one in rounds if "cpu_us" in one]
        rows.append(
            [
                program.title,
                f"{1e6 / median(numbers):,.0f}",
                "1" if own else _span(spread(shares)) if shares else "-",
                number(workers),
                number(broker) if program.workers > 1 else "-",
                f"{median(rates):,.0f}",
            ]
        )
    return table(rows)


HEADS = ("µs of the workers", "µs of Redis", "publications a second")


def redis_table(carried: Found) -> str:
    """What one Redis carries."""
    return table([["", "CPU of Redis, µs", "CPU of the process, µs", ""], *_redis_rows(carried)])


def _redis_rows(carried: Found) -> list[list[str]]:
    plain, kept = carried["publish"], carried["publish_history"]
    rows = [
        _priced("a publication, many at a time", plain),
        _priced("the same with a history of 100", kept),
        _priced("a publication by itself", plain["single"]),
    ]
    for name in ("listeners_4", "listeners_16", "listeners_64"):
        count = carried[name]["listeners"]
        rows.append(_priced(f"many at a time, each to {count} processes", carried[name]))
        rows.append(_priced(f"by itself, to {count} processes", carried[name]["single"]))
    rows += [
        _received("to receive one, all of 1 channel", carried["receive_1"]),
        _received("to receive one, of 1,000 channels", carried["receive_1000"]),
    ]
    for name in ("outage_10000", "outage_100000"):
        rows += _outage(carried[name])
    return rows + [_memory(carried["keep"]), _memory(carried["keep_history"])]


def _priced(title: str, found: Found) -> list[str]:
    broker = found["broker_us"]
    note = f"{1e6 / broker:,.0f} a second fill a core of Redis"
    return [title, number(broker), number(found["process_us"]), note]


def _received(title: str, found: Found) -> list[str]:
    own = found["process_us"]
    return [title, "-", number(own), f"{1e6 / own:,.0f} a second fill a core of the process"]


def _outage(found: Found) -> list[list[str]]:
    count = f"{found['channels']:,} channels"
    first, again, idle = found["first"], found["again"], found["idle"]
    least = f"{found['broker_bytes']:,.0f} bytes in Redis and {found['process_bytes']:,.0f} here"
    quiet = f"{idle['broker_share']:.2%} and {idle['process_share']:.2%} of a core"
    return [
        [f"to watch {count}, for each", *_pair(first), f"in {first['seconds']:.1f} s; {least}"],
        [
            f"to have {count} again after the connection broke, for each",
            *_pair(again),
            f"in {again['seconds']:.1f} s, from its end",
        ],
        [
            f"{count} that nothing happens on",
            "-",
            "-",
            f"{quiet}, {idle['calls']:.0f} calls a second",
        ],
    ]


def _pair(found: Found) -> list[str]:
    return [number(found["broker_us"]), number(found["process_us"])]


def _memory(found: Found) -> list[str]:
    each = found["publications"]
    title = "without history" if each == 1 else f"with {each} publications of 128 bytes kept"
    return [f"a channel {title}", "-", "-", f"{found['bytes']:,.0f} bytes in Redis"]


# --- the arithmetic ----------------------------------------------------------------------------


def cost_table(costs: Costs) -> str:
    """What the arithmetic begins with."""
    return table(
        [
            ["", ""],
            ["a delivery that is written by itself", f"{number(costs.delivery)} µs"],
            ["a handshake", f"{number(costs.handshake)} µs"],
            ["an idle connection", f"{number(costs.connection_kb)} KB"],
            ["to publish, in the process", f"{number(costs.publish)} µs"],
            ["to receive a publication, in each process", f"{number(costs.receive)} µs"],
            [
                "a publication in Redis, with history",
                f"{number(costs.broker)} µs, {number(costs.kept)} µs",
            ],
            ["there, for each process that receives it", f"{number(costs.listener)} µs"],
            [
                "both for a publication that comes by itself",
                f"{number(costs.alone)} µs, {number(costs.alone_listener)} µs",
            ],
        ]
    )


def use_table(costs: Costs) -> str:
    """What a million connections need, for each use."""
    head = ["1,000,000 connections", "publications a second", "cores in use", "processes"]
    rows = [[*head, f"machines of {CORES} cores", "Redis servers"]]
    rows += [_use(use.name, use.publications, need(costs, use)) for use in USES]
    return table(rows)


def _use(name: str, publications: float, found: Need) -> list[str]:
    servers = f"{found.redis:.0%} of one" if found.redis < 1 else f"{found.redis:,.0f}"
    numbers = [f"{publications:,.0f}", f"{found.cpu:,.0f}", f"{found.processes:,}"]
    return [name, *numbers, f"{found.machines:,}", servers]


# --- the page ----------------------------------------------------------------------------------


def keep(found: Found) -> Path:
    """Write the dated result file."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"scale-{found['date']}.json"
    path.write_text(json.dumps(_rounded(found), indent=1, ensure_ascii=False) + "\n")
    return path


def write_docs(found: Found) -> None:
    """Put the tables between their markers in docs/scale.md, and the plots beside it."""
    costs = model_costs(found)
    drawn = pictures(found, costs)
    for picture in drawn:
        (IMAGES / picture.name).write_text(picture.svg)
    images = {one.name: f"![{one.title}](images/{one.name})" for one in drawn}
    bars = [images[name] for load in LOADS if (name := f"scale-{load.name}.svg") in images]
    page = DOCS.read_text()
    for name, parts in {
        "comparison": [_intro(found), *bars, *sections(found["results"]), _machine(found)],
        "redis": [redis_table(found["redis"])],
        "costs": [cost_table(costs)],
        "million": [use_table(costs), images["scale-million.svg"]],
    }.items():
        page = _between(page, name, parts)
    DOCS.write_text(page)


def _between(page: str, name: str, parts: Sequence[str]) -> str:
    start, end = f"<!-- {name}:start -->", f"<!-- {name}:end -->"
    if start not in page or end not in page:
        raise Failed(f"{DOCS.name} has lost its markers {start} and {end}")
    head, _, rest = page.partition(start)
    return head + "\n\n".join([start, *parts, end]) + rest.partition(end)[2]


def _intro(found: Found) -> str:
    rounds, clients = found["rounds"], found["clients"]
    spans = f"medians of {rounds} rounds, least to greatest in brackets"
    return (
        f"Measured on {found['date']}, in {found['minutes']:.0f} minutes, with {clients:,} "
        f"clients: {spans if rounds > 1 else 'one round, so that no spread is shown'}."
    )


def _machine(found: Found) -> str:
    return "\n".join(f"- {name}: {value}" for name, value in found["machine"].items())


def _span(found: dict[str, float]) -> str:
    middle, least, most = (number(found[name]) for name in ("median", "min", "max"))
    return middle if least == most else f"{middle} ({least} to {most})"


def number(value: float) -> str:
    """Three digits that count."""
    digits = 0 if value >= 100 else 1 if value >= 10 else 2
    return f"{value:,.{digits}f}"


def _rounded(found: Any) -> Any:
    if isinstance(found, dict):
        return {name: _rounded(value) for name, value in found.items()}
    if isinstance(found, list):
        return [_rounded(one) for one in found]
    return round(found, 4) if isinstance(found, float) else found
