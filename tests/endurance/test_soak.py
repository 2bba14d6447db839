"""After many connections that ended in every way, nothing is left: a small ``make soak``."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.endurance.verdicts import slope
from tests.endurance.ways import WAYS
from tests.support.servers import ROOT

pytestmark = [pytest.mark.servers, pytest.mark.timeout(120)]

CYCLES = 1500
WARMING = 3.0  # objects of Python a cycle, while caches fill: a connection that is kept is hundreds


@pytest.mark.parametrize(
    "server", ["holdfast", pytest.param("uvicorn-sansio", marks=pytest.mark.newest)]
)
def test_nothing_is_left_of_1500_connections(server: str) -> None:
    options = ("--server", server, "--cycles", str(CYCLES), "--json")
    command = [sys.executable, "-m", "tests.endurance", "soak", *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)["found"]
    assert sum(found["done"].values()) == CYCLES
    assert len(found["done"]) == len(WAYS)
    rests = [(rest["cycles"], rest["blocks"]) for rest in found["rests"]]
    assert slope(rests[1:]) < WARMING
