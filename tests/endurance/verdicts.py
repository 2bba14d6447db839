"""Whether memory is flat, and whether anything else is wrong with a soak."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import NamedTuple

from tests.endurance.soak import Soaking

WARM = 10_000  # cycles after which memory must be flat: by then every way was gone many times
BYTES = 50  # a cycle, of resident memory: less than an empty list takes
BLOCKS = 0.1  # a cycle, of Python's small objects: a connection that is kept is hundreds


class Flat(NamedTuple):
    """How memory went from a warm start to the end."""

    start: int
    """In cycles."""
    bytes: float
    """Resident bytes that a cycle added: Theil-Sen's slope over all samples, under load."""
    blocks: float
    """Small objects of Python that a cycle added: the same over the rests, where it is exact."""

    @property
    def faults(self) -> list[str]:
        if self.start < WARM:  # too short to tell
            return []
        found = []
        if self.bytes > BYTES:
            found.append(f"resident memory grew by {self.bytes:.0f} bytes a cycle")
        if self.blocks > BLOCKS:
            found.append(f"Python's objects grew by {self.blocks:.2f} a cycle")
        return found


def flatness(found: Soaking) -> Flat:
    """From ``WARM`` cycles on, or in a short run from its first rest."""
    start = min(WARM, found.rests[1].cycles)
    samples = [one for one in found.samples if one.cycles >= start]
    rests = [(one.cycles, one.blocks) for one in found.rests if one.cycles >= start]
    return Flat(start, slope(samples), slope(rests))


def slope(points: Sequence[tuple[int, int]]) -> float:
    """The median of the slopes between any two of them: no single step decides."""
    slopes = [
        (y - other_y) / (x - other_x)
        for at, (other_x, other_y) in enumerate(points)
        for x, y in points[at + 1 :]
        if x > other_x
    ]
    return statistics.median(slopes) if slopes else 0.0


def complaints(found: Soaking) -> list[str]:
    """What is wrong, beside memory."""
    said = [f"{count} times: {what}" for what, count in found.wrong.items()]
    left = [one for one in found.rests if one.left]
    return said + [f"left after {one.cycles} cycles: {one.left}" for one in left] + found.log
