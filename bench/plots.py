"""The plots of docs/benchmarks.md: bars, drawn by hand, for light and dark backgrounds alike."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import NamedTuple

from bench.cases import Case
from bench.figures import Figure, figures, summary
from bench.peers import PEERS
from bench.runner import Results

WIDTH, LEFT, RIGHT, TOP, ROW = 720, 250, 70, 44, 22
STYLE = """
text { font: 12px system-ui, sans-serif; fill: #555 }
.title { font-size: 13px; fill: #222 }
.ours { fill: #0a7d6b }
.other { fill: #9aa4ad }
.reach { stroke: #444; stroke-width: 1.5 }
.grid { stroke: #ddd; stroke-width: 1 }
@media (prefers-color-scheme: dark) {
  text { fill: #aaa } .title { fill: #eee } .grid { stroke: #444 }
  .ours { fill: #2fb39b } .other { fill: #6b757e } .reach { stroke: #ddd }
}
"""


@dataclass(frozen=True)
class Bar:
    """One peer's."""

    title: str
    middle: float
    least: float
    most: float
    ours: bool


class Picture(NamedTuple):
    """A file."""

    name: str
    title: str
    svg: str


def plots(results: Results, cases: Sequence[Case]) -> list[Picture]:
    """For those of the cases that have a picture and were measured."""
    found = []
    for figure in figures(cases):
        name, title = PICTURES.get((figure.case, figure.key), ("", ""))
        if name and (bars := _bars(results, figure)):
            found.append(Picture(f"bench-{name}.svg", title, svg(title, bars)))
    return found


PICTURES = {
    ("fanout-1@1000", "cpu_us"): (
        "fanout-1",
        "CPU per delivery, ratio to the floor: 1,000 clients, one message a turn",
    ),
    ("fanout-16@1000", "cpu_us"): (
        "fanout-16",
        "CPU per delivery, ratio to the floor: 1,000 clients, 16 messages a turn",
    ),
    ("fanout-1@10000", "cpu_us"): (
        "fanout-10000",
        "CPU per delivery, ratio to the floor: 10,000 clients, one message a turn",
    ),
    ("channels-50", "cpu_us"): (
        "channels",
        "CPU per delivery, ratio to the floor: each of 1,000 clients in 50 of 200 channels",
    ),
    ("echo", "cpu_us"): ("echo", "CPU per round trip of an echo, ratio to the tutorial on uvicorn"),
    ("connect", "cpu_us"): ("connect", "CPU per handshake, ratio to the tutorial on uvicorn"),
    ("idle", "kb"): ("idle", "KB per idle connection"),
    ("latency", "p99_ms"): ("latency", "ms until 99 % of the deliveries of a message are read"),
    ("lag", "lag_ms"): ("lag", "ms that the event loop kept others waiting, 10,000 clients"),
}


def _bars(results: Results, figure: Figure) -> list[Bar]:
    found = summary(results, figure)
    bars = []
    for peer in PEERS:
        if peer.name in found:
            one = found[peer.name].get("ratio", found[peer.name])
            bars.append(Bar(peer.title, one["median"], one["min"], one["max"], peer.ours))
    return sorted(bars, key=lambda bar: bar.middle)


def svg(title: str, bars: Sequence[Bar]) -> str:
    """Horizontal bars, smallest first; on a scale of powers of ten where they differ that much."""
    scale = Scale(bars)
    height = TOP + ROW * len(bars) + 30
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">',
        f"<title>{escape(title)}</title><style>{STYLE}</style>",
        f'<text class="title" x="8" y="18">{escape(title)}{scale.remark}</text>',
    ]
    bottom = TOP + ROW * len(bars)
    for mark in scale.marks:
        x = scale.x(mark)
        parts.append(f'<line class="grid" x1="{x:.1f}" y1="{TOP - 6}" x2="{x:.1f}" y2="{bottom}"/>')
        parts.append(f'<text x="{x:.1f}" y="{bottom + 16}" text-anchor="middle">{mark:g}</text>')
    for at, bar in enumerate(bars):
        parts += _drawn(bar, TOP + ROW * at, scale)
    return "\n".join([*parts, "</svg>", ""])


def _drawn(bar: Bar, y: float, scale: "Scale") -> list[str]:
    start, end = scale.x(scale.least), scale.x(bar.middle)
    kind = "ours" if bar.ours else "other"
    middle = y + ROW / 2 - 1
    least, most = scale.x(bar.least), scale.x(bar.most)
    wide = max(end - start, 1)
    digits = 0 if bar.middle >= 100 else 1 if bar.middle >= 10 else 2
    label = f"{bar.middle:,.{digits}f}"
    return [
        f'<text x="{LEFT - 8}" y="{y + 14}" text-anchor="end">{escape(bar.title)}</text>',
        f'<rect class="{kind}" x="{start:.1f}" y="{y + 2}" width="{wide:.1f}" height="15" rx="2"/>',
        f'<line class="reach" x1="{least:.1f}" y1="{middle}" x2="{most:.1f}" y2="{middle}"/>',
        f'<text x="{max(end, most) + 6:.1f}" y="{y + 14}">{label}</text>',
    ]


class Scale:
    """From zero, or by powers of ten."""

    POWERS = 12.0  # times the least that the greatest must be

    def __init__(self, bars: Sequence[Bar]) -> None:
        smallest = min(max(bar.least, 1e-3) for bar in bars)
        self.most = max(bar.most for bar in bars)
        self.powers = self.most > self.POWERS * max(smallest, 1e-3)
        self.least = 10.0 ** math.floor(math.log10(smallest * 0.8)) if self.powers else 0.0
        self.remark = " (each mark ten times the last)" if self.powers else ""
        self.marks = self._powers_of_ten() if self.powers else self._even()

    def x(self, value: float) -> float:
        """Where a value is."""
        room = WIDTH - LEFT - RIGHT
        if not self.powers:
            return LEFT + room * value / self.most
        above = math.log10(max(value, self.least) / self.least)
        return LEFT + room * above / math.log10(self.most / self.least)

    def _powers_of_ten(self) -> list[float]:
        first, last = math.log10(self.least), math.floor(math.log10(self.most))
        return [10.0**power for power in range(round(first), last + 1)]

    def _even(self) -> list[float]:
        rough = self.most / 4
        unit = 10.0 ** math.floor(math.log10(rough))
        step = next(unit * factor for factor in (1, 2, 5, 10) if unit * factor >= rough)
        return [step * at for at in range(int(self.most / step) + 1)]
