"""The benchmark runs, and what it reports has its shape. What it measured is no test's business."""

import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import pytest
from bench import build
from bench.accept import GOALS, TAKE_PART, lines, needed, passed
from bench.cases import Case, all_cases, chosen, visits
from bench.figures import Figure, figures, ratios, summary
from bench.peers import FLOOR, HOLDFAST, PLAIN, SANSIO
from bench.plots import PICTURES, plots
from bench.report import sections

ROOT = Path(__file__).parent.parent.parent
TINY = ["--quick", "--rounds", "1", "--clients", "10", "--messages", "20"]

servers = [pytest.mark.servers, pytest.mark.timeout(120)]


def run(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "bench", *arguments]
    known = {**os.environ, **environment}
    return subprocess.run(command, cwd=ROOT, env=known, capture_output=True, text=True, check=False)


# --- whole runs -----------------------------------------------------------------------------------


class TestATinyRun:
    pytestmark = servers

    def test_measures_every_case(self) -> None:
        done = run(*TINY, "--json", "--peers", "floor,holdfast")  # once: it takes a while
        assert done.returncode == 0, done.stderr
        report = json.loads(done.stdout)
        every_case_has_both(report)
        everything_that_was_sent_arrived(report)
        the_summary_compares_with_the_floor(report)

    def test_prints_tables_and_tells_its_progress_elsewhere(self) -> None:
        done = run(*TINY, "fanout-1", "--peers", "tutorial-sansio")
        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith("Fan-out to 10 clients")
        assert "[1/1] crowd of 10 1/1  tutorial on uvicorn, websockets-sansio" in done.stderr

    def test_speaks_socket_io(self) -> None:
        pytest.importorskip("socketio", reason="not among the lowest supported versions")
        done = run(*TINY, "--json", "fanout-4", "echo", "channels", "--peers", "python-socketio")
        assert done.returncode == 0, done.stderr
        results = json.loads(done.stdout)["results"]
        delivered = {
            case: rounds["python-socketio"][0]["delivered"] for case, rounds in results.items()
        }
        assert delivered["fanout-4@10"] == delivered["echo"] == 200

    def test_needs_no_compiler(self) -> None:
        """The floor and the reading half of the client are Python then."""
        cases = ["fanout-1", "channels-50", "latency", "echo"]
        done = run(*TINY, *cases, "--peers", "floor", "--json", **{build.WITHOUT: "1"})
        assert done.returncode == 0, done.stderr
        assert "There is no C compiler" in done.stderr
        results = json.loads(done.stdout)["results"]
        for rounds in results.values():
            assert rounds["floor"][0]["delivered"] == rounds["floor"][0]["wanted"] > 0
        assert results["latency"]["floor"][0]["p50_ms"] > 0


def every_case_has_both(report: dict[str, Any]) -> None:
    alone = {"stalled": {"holdfast"}, "channel-memory": {"holdfast"}}
    for case, rounds in report["results"].items():
        assert set(rounds) == alone.get(case, {"floor", "holdfast"}), case
        assert all(len(one) == 1 for one in rounds.values())
    assert list(report["results"]) == [case.name for case in all_cases(True, 10, 20)]


def everything_that_was_sent_arrived(report: dict[str, Any]) -> None:
    wanted = {"fanout-1@10": 200, "fanout-16@10": 200, "latency": 200, "lag": 200, "echo": 200}
    wanted["stalled"] = 9 * 20
    for case, number in wanted.items():
        [result] = report["results"][case]["holdfast"]
        assert (result["delivered"], result["wanted"]) == (number, number), case
        assert result["ended"] == "complete"
        assert result["cpu_us"] > 0
    [idle] = report["results"]["idle"]["holdfast"]
    assert idle["open"] == 10


def the_summary_compares_with_the_floor(report: dict[str, Any]) -> None:
    found = report["summary"]["fanout-1@10 cpu_us"]
    assert found["floor"]["ratio"] == {"median": 1, "min": 1, "max": 1}
    assert found["holdfast"]["ratio"]["median"] > 0
    assert report["summary"]["latency p99_ms"]["holdfast"]["median"] > 0
    assert "python" in report["machine"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["fanuot"], "no case 'fanuot': choose from fanout-1@100"),
        (["--peers", "holdfats"], "no peer 'holdfats': choose from floor"),
        (["--quick", "--write-docs"], "--write-docs needs all cases at their full sizes"),
    ],
)
def test_wrong_arguments_are_refused_before_anything_runs(
    arguments: list[str], sentence: str
) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert sentence in done.stderr


# --- its parts ---------------------------------------------------------------------------------


def test_cases_are_chosen_by_name_by_part_of_it_and_by_size() -> None:
    known = all_cases(False, None, None)

    def names(*words: str) -> list[str]:
        return [case.name for case in chosen(known, words)]

    assert names("echo") == ["echo"]
    assert names("fanout-4") == ["fanout-4@100", "fanout-4@1000", "fanout-4@10000"]
    assert names("fanout-4@100") == ["fanout-4@100"]
    assert len(names("fanout")) == 9
    assert names("@1000") == ["fanout-1@1000", "fanout-4@1000", "fanout-16@1000"]
    assert names() == [case.name for case in known]


def test_cases_of_one_crowd_share_a_visit() -> None:
    found = {visit.title: visit for visit in visits(all_cases(False, None, None))}
    assert [case.name for case in found["crowd of 10,000"].cases] == [
        "fanout-1@10000",
        "fanout-4@10000",
        "fanout-16@10000",
        "connect",
        "idle",
        "lag",
    ]
    assert "channels-50 of 1,000" in found


def rounds(*costs: float) -> list[dict[str, Any]]:
    return [{"cpu_us": cost, "ended": "complete"} for cost in costs]


FANOUT = Figure("fanout-1@1000", "", "cpu_us", "µs", "floor")


def test_a_ratio_is_formed_within_one_round() -> None:
    results = {FANOUT.case: {"floor": rounds(2, 4, 2), "ws": rounds(4, 4, 6)}}
    assert ratios(results, FANOUT, "ws", "floor") == [2, 1, 3]
    assert summary(results, FANOUT)["ws"]["ratio"] == {"median": 2, "min": 1, "max": 3}


def test_a_round_that_was_not_complete_has_no_figure() -> None:
    broken = [{"cpu_us": 1.0, "ended": "closed"}, *rounds(4)]
    results = {FANOUT.case: {"floor": rounds(2, 2), "ws": broken}}
    assert ratios(results, FANOUT, "ws", "floor") == [2]
    passed_by = {FANOUT.case: {"floor": rounds(2), "ws": [{"passed": "too slow: 40 s"}]}}
    assert "ws" not in summary(passed_by, FANOUT)
    [section] = sections(passed_by, [case for case in whole() if case.name == FANOUT.case])
    assert "too slow |" in " ".join(section.text.split())


def whole() -> list[Case]:
    return all_cases(False, None, None)


def made_up(share: float) -> dict[str, dict[str, list[dict[str, Any]]]]:
    """Results in which every figure of Holdfast's is so many times the accepted one."""
    results: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for goal in GOALS:
        peers = results.setdefault(goal.case, {peer.name: [{}] for peer in TAKE_PART})
        base = SANSIO if goal.case in ("echo", "connect") else FLOOR
        value = goal.accepted * share
        peer = PLAIN if "FastAPI" in goal.title else HOLDFAST
        for key in ("cpu_us", "kb", "lag_ms"):
            peers[base.name][0].setdefault(key, 1.0)
            peers[peer.name][0][key] = share / goal.accepted if goal.more_is_better else value
    return results


def test_the_acceptance_table_has_a_verdict_for_each_line() -> None:
    good, bad = made_up(0.99), made_up(1.01)
    assert [line[-1] for line in lines(good)] == ["ok"] * len(GOALS)
    assert [line[-1] for line in lines(bad)] == ["short"] * len(GOALS)
    assert {line[-1] for line in lines({})} == {"not measured"}
    assert passed(good)
    assert not passed(bad)
    assert not passed({})
    assert {case.name for case in needed(whole())} == {goal.case for goal in GOALS}


def test_every_picture_belongs_to_a_figure_and_is_drawn() -> None:
    known = {(figure.case, figure.key) for figure in figures(whole())}
    assert set(PICTURES) <= known
    pictures = plots(made_up(1.0), whole())
    assert {picture.name for picture in pictures} >= {"bench-fanout-1.svg", "bench-idle.svg"}
    for picture in pictures:
        ElementTree.fromstring(picture.svg)
        assert "prefers-color-scheme: dark" in picture.svg


@pytest.mark.skipif(not build.compiler(), reason="there is no C compiler here")
def test_the_c_programs_compile() -> None:
    assert build.floor() is not None
    assert build.reader() is not None
