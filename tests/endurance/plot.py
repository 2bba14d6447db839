"""The memory of a soak as a picture, without a library."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tests.endurance.soak import Soaking

WIDTH, HEIGHT = 720, 260
LEFT, RIGHT, TOP, BOTTOM = 52, 36, 34, 40
STYLE = """
text { font: 12px system-ui, sans-serif; fill: #555 }
.title { font-size: 13px; fill: #222 }
.grid { stroke: #ddd; stroke-width: 1 }
.memory { fill: none; stroke: #0a7d6b; stroke-width: 1.5 }
.rest { fill: #0a7d6b }
.warm { stroke: #999; stroke-width: 1; stroke-dasharray: 3 3 }
@media (prefers-color-scheme: dark) {
  text { fill: #aaa } .title { fill: #eee } .grid { stroke: #444 }
  .memory { stroke: #4cc9b0 } .rest { fill: #4cc9b0 }
}
"""


class Axes:
    """From cycles and megabytes to points."""

    def __init__(self, cycles: int, most: float) -> None:
        self.cycles = cycles
        self.step = next(step for step in (1, 2, 5, 10, 20, 50, 100, 500) if most / step <= 6)
        self.top = (int(most / self.step) + 1) * self.step

    def x(self, cycles: float) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * cycles / self.cycles, 1)

    def y(self, megabytes: float) -> float:
        return round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * megabytes / self.top, 1)


def picture(found: Soaking, warm: int) -> str:
    """An SVG: resident memory under load as a line, at rest as points."""
    samples = [(one.cycles, one.resident / 1e6) for one in found.samples]
    rests = [(one.cycles, one.resident / 1e6) for one in found.rests]
    axes = Axes(max(found.cycles, 1), max(megabytes for _, megabytes in samples + rests))
    title = f"Resident memory of the server, MB, over {found.cycles:,} connections"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
        f"<title>{title}</title><style>{STYLE}</style>",
        text(LEFT, 18, f"{title}; points: at rest, nobody connected", "title"),
        *grid(axes),
        line("warm", axes.x(warm), axes.y(0), axes.x(warm), axes.y(axes.top)),
        f'<polyline class="memory" points="{points(axes, samples)}"/>',
        *(f'<circle class="rest" cx="{axes.x(x)}" cy="{axes.y(y)}" r="3"/>' for x, y in rests),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def grid(axes: Axes) -> Iterator[str]:
    for megabytes in range(0, axes.top + 1, axes.step):
        height = axes.y(megabytes)
        yield line("grid", LEFT, height, WIDTH - RIGHT, height)
        yield text(LEFT - 8, height + 4, str(megabytes), anchor="end")
    for tenth in range(0, 11, 2):
        cycles = axes.cycles * tenth // 10
        yield text(axes.x(cycles), HEIGHT - BOTTOM + 20, f"{cycles:,}", anchor="middle")


def points(axes: Axes, found: Sequence[tuple[int, float]]) -> str:
    return " ".join(f"{axes.x(x)},{axes.y(y)}" for x, y in found)


def line(kind: str, x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line class="{kind}" x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}"/>'


def text(x: float, y: float, said: str, kind: str = "", anchor: str = "start") -> str:
    named = f' class="{kind}"' if kind else ""
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}"{named}>{said}</text>'
