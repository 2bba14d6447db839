"""The plots of docs/scale.md."""

import math
from collections.abc import Callable, Sequence
from html import escape
from statistics import median

from bench.plots import STYLE, Bar, Picture, svg
from bench.runner import Results
from bench.scale.compare import costs as measured
from bench.scale.loads import LOADS, Load
from bench.scale.model import Costs, Use, need, rates
from bench.scale.programs import PROGRAMS

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 720, 400, 60, 190, 40, 60
MOST = 10_000
AUDIENCES = (1, 10, 100, 10_000)
COLOURS = ("#c2410c", "#b58900", "#0a7d6b", "#2563eb")
LINES = """
.line { fill: none; stroke-width: 2 }
.redis { stroke-dasharray: 5 4 }
"""


def pictures(found: dict[str, "Results"], costs: Costs) -> list[Picture]:
    """All of them."""
    bars = [_bars(found["results"], load) for load in LOADS]
    title = "Processes (lines) and Redis servers (dashes) that 1,000,000 connections need"
    return [one for one in bars if one] + [Picture("scale-million.svg", title, lines(title, costs))]


def _bars(results: "Results", load: Load) -> Picture | None:
    """Deliveries per CPU-second, most first."""
    found = []
    for program in PROGRAMS:
        if numbers := measured(results, load.name, program.name):
            rate = sorted(1e6 / one for one in numbers)
            bar = (program.title, median(rate), rate[0], rate[-1], program.peer.ours)
            found.append(Bar(*bar))
    if not found:
        return None
    title = f"Deliveries per CPU-second, {load.title}"
    found.sort(key=lambda bar: -bar.middle)
    return Picture(f"scale-{load.name}.svg", title, svg(title, found))


def lines(title: str, costs: Costs) -> str:
    """What a million connections need, over what they receive."""
    bottom = HEIGHT - BOTTOM
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
        f"<title>{escape(title)}</title><style>{STYLE}{LINES}</style>",
        f'<text class="title" x="8" y="18">{escape(title)}</text>',
    ]
    parts += [_upright(mark, bottom) for mark in (0.001, 0.01, 0.1, 1, 10)]
    parts += [_level(mark) for mark in (1, 10, 100, 1000, MOST)]
    middle = (LEFT + WIDTH - RIGHT) / 2
    label = "publications that each connection receives in a second"
    parts.append(f'<text x="{middle}" y="{bottom + 40}" text-anchor="middle">{label}</text>')
    for audience, colour in zip(AUDIENCES, COLOURS, strict=True):
        parts += _audience(costs, audience, colour)
    return "\n".join([*parts, "</svg>", ""])


def _upright(mark: float, bottom: float) -> str:
    x = f"{_x(mark):.1f}"
    text = f'<text x="{x}" y="{bottom + 18}" text-anchor="middle">{mark:g}</text>'
    return f'<line class="grid" x1="{x}" y1="{TOP}" x2="{x}" y2="{bottom}"/>{text}'


def _level(mark: float) -> str:
    y, right = f"{_y(mark):.1f}", WIDTH - RIGHT
    text = f'<text x="{LEFT - 8}" y="{_y(mark) + 4:.1f}" text-anchor="end">{mark:,}</text>'
    return f'<line class="grid" x1="{LEFT}" y1="{y}" x2="{right}" y2="{y}"/>{text}'


def _audience(costs: Costs, audience: int, colour: str) -> list[str]:
    """Two lines and their name."""
    found = [need(costs, Use("", rate, audience)) for rate in rates()]
    at = TOP + 14 + 20 * AUDIENCES.index(audience)
    name = f"{audience:,} receive{'s' if audience == 1 else ''} each"
    right = WIDTH - RIGHT + 14
    stroke = f'x2="{right + 20}" y2="{at - 4}" stroke="{colour}" stroke-width="2"/>'
    return [
        _line([one.processes for one in found], colour, "line"),
        _line([one.redis for one in found], colour, "line redis"),
        f'<line x1="{right}" y1="{at - 4}" {stroke}',
        f'<text x="{right + 26}" y="{at}">{name}</text>',
    ]


def _line(values: Sequence[float], colour: str, kind: str) -> str:
    pairs = zip(rates(), values, strict=True)
    inside = [(rate, value) for rate, value in pairs if 1 <= value <= MOST]
    points = " ".join(f"{_x(rate):.1f},{_y(value):.1f}" for rate, value in inside)
    return f'<polyline class="{kind}" stroke="{colour}" points="{points}"/>'


def _scaled(low: float, high: float, start: float, end: float) -> Callable[[float], float]:
    """A scale of powers of ten."""
    span = math.log10(high / low)
    return lambda value: start + (end - start) * math.log10(value / low) / span


_x = _scaled(0.001, 10, LEFT, WIDTH - RIGHT)
_y = _scaled(1, MOST, HEIGHT - BOTTOM, TOP)
