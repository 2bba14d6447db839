"""One short round of each case; ``make chaos`` plays twenty long ones of each."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos.cases import CASES
from tests.chaos.judge import judge
from tests.chaos.round import SHORT, Round, keep_evidence

SEED = 6

pytestmark = [pytest.mark.servers, pytest.mark.timeout(180)]


# The longest first: they run beside each other.
@pytest.mark.parametrize("name", sorted(CASES, key=lambda name: name not in ("hung", "proxy")))
async def test_one_round(name: str, tmp_path: Path) -> None:
    one = Round(CASES[name], SHORT, SEED, tmp_path)
    await one.run()
    figures = judge(one)
    if figures.misses:
        keep_evidence(one, figures.misses, tmp_path)
    assert not figures.misses, "\n".join([*one.story(), *figures.misses])
    assert figures.outcomes["accepted"] > 100  # it has proved something
    assert figures.deliveries > figures.publications
