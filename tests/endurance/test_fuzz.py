"""Mutated frames from 50 clients beside 50 healthy ones, for a moment: see ``make fuzz``."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.endurance.fuzz import Fuzzing, complaints
from tests.endurance.serving import serving

pytestmark = [pytest.mark.servers, pytest.mark.newest]

SECONDS = 4.0
SEED = 4


@pytest.mark.parametrize("kind", ["holdfast", "uvicorn-sansio"])
async def test_mutated_frames_harm_nobody(tmp_path: Path, kind: str) -> None:
    options: dict[str, tuple[str, ...]] = {kind: ()}
    async with serving("tests.endurance.apps:quick", options, tmp_path) as servers:
        found = await Fuzzing(servers[kind], SECONDS, SEED).run()
    assert complaints(found) == []
    assert found.frames > 200
    assert found.echoes > found.healthy
    assert found.news > found.healthy
    assert {"1002", "1007"} <= set(found.codes)  # there was something to refuse
