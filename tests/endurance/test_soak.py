"""After many connections that ended in every way, nothing is left of them: the small run."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.endurance.serving import serving
from tests.endurance.soak import Plan, Soaking
from tests.endurance.verdicts import complaints, slope
from tests.endurance.ways import WAYS

pytestmark = pytest.mark.servers

PLAN = Plan(cycles=1500, legs=2, at_once=80)
WARMING = 3.0  # objects of Python a cycle, while caches fill: a connection that is kept is hundreds


async def test_nothing_is_left_of_1500_connections(tmp_path: Path) -> None:
    options = {"uvicorn-sansio": ("--log-level", "warning")}
    async with serving("tests.endurance.apps:quick", options, tmp_path) as servers:
        found = Soaking(servers["uvicorn-sansio"], PLAN)
        await found.run()
    assert complaints(found) == []
    assert found.cycles == PLAN.cycles
    assert len(found.done) == len(WAYS)
    assert slope([(rest.cycles, rest.blocks) for rest in found.rests[1:]]) < WARMING


def test_the_slope_is_that_of_most_pairs() -> None:
    assert slope([(0, 100), (10, 200), (20, 300)]) == 10
    assert slope([(0, 100), (10, 100), (20, 100), (30, 900), (40, 100)]) == 0
    assert slope([(0, 100)]) == 0
