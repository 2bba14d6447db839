"""The benchmark runs, and what it reports has its shape. What it measured is no test's business."""

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent.parent
SIZES = ["--quick", "--rounds", "1", "--clients", "20", "--messages", "50"]

pytestmark = [pytest.mark.servers, pytest.mark.timeout(120)]


def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "bench", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def peers() -> set[str]:
    """python-socketio is not among the lowest supported versions; the others always run."""
    optional = {"python-socketio"} if find_spec("socketio") else set()
    return {"Holdfast", "tutorial"} | optional


def test_a_tiny_run_measures_everything() -> None:
    done = run(*SIZES, "--json")  # once for all three: it takes a while
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    every_case_has_every_peer(report)
    everything_that_holdfast_was_given_arrived(report)
    the_summary_compares_with_the_tutorial(report)


def every_case_has_every_peer(report: dict[str, Any]) -> None:
    cases = ["fanout-1", "fanout-16", "stalled", "idle", "echo"]
    assert list(report["results"]) == cases
    assert all(set(rounds) == peers() for rounds in report["results"].values())
    assert all(len(one) == 1 for rounds in report["results"].values() for one in rounds.values())


def everything_that_holdfast_was_given_arrived(report: dict[str, Any]) -> None:
    wanted = {"fanout-1": 20 * 50, "fanout-16": 20 * 100, "stalled": 18 * 50, "echo": 20 * 50}
    for case, number in wanted.items():
        [result] = report["results"][case]["Holdfast"]
        assert (result["delivered"], result["wanted"]) == (number, number), case
        assert result["ended"] == "complete"
        assert result["cpu_us"] > 0
    [idle] = report["results"]["idle"]["Holdfast"]
    assert idle["open"] == 40  # 20 that pay for what is shared, then 20 that are measured


def the_summary_compares_with_the_tutorial(report: dict[str, Any]) -> None:
    assert set(report["summary"]) == {"fanout-1", "fanout-16", "idle", "echo"}
    for case in report["summary"].values():
        assert case["tutorial"]["ratio"] == 1
        assert set(case["Holdfast"]) == {"median", "ratio", "ratio_min", "ratio_max"}
    assert "python" in report["machine"]


def test_tables_are_printed_and_progress_goes_elsewhere() -> None:
    done = run(*SIZES, "fanout-1")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("| of the server")
    assert "fanout-1 1/1  Holdfast" in done.stderr


def test_wrong_arguments_are_refused_before_anything_runs() -> None:
    unknown = run("fanuot-1")
    assert unknown.returncode == 2
    assert "no case 'fanuot-1': choose from fanout-1" in unknown.stderr
    small = run("--quick", "--write-docs")
    assert small.returncode == 2
    assert "--write-docs needs all cases at their full sizes" in small.stderr
