"""The comparison over a broker runs, and its tables, plots and arithmetic have their shape."""

import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from bench.scale import model, report
from bench.scale.broker import LISTENERS
from bench.scale.compare import SHORT, UNKNOWN, advantage, verdicts
from bench.scale.fleet import redis
from bench.scale.loads import LOADS, visits
from bench.scale.model import Costs, Use, need
from bench.scale.plot import pictures
from bench.scale.programs import ALONE, HOLDFAST, PROGRAMS, PUBSUB, QUEUES, SOCKETIO

ROOT = Path(__file__).parent.parent.parent
TINY = ["--quick", "--rounds", "1", "--clients", "10", "--json"]

servers = [pytest.mark.servers, pytest.mark.newest, pytest.mark.timeout(180)]


def run(*arguments: str, module: str = "bench") -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", module, *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


# --- whole runs -----------------------------------------------------------------------------------


class TestATinyComparison:
    pytestmark = servers

    def test_four_workers_deliver_everything_to_clients_spread_over_them(self) -> None:
        done = run("scale", "compare", *TINY, "--programs", "holdfast")
        results = json.loads(done.stdout)["results"]
        assert set(results) == {load.name for load in LOADS}
        for name, rounds in results.items():
            [one] = rounds["holdfast"]
            is_complete(one, f"{name}: {one}\n{done.stderr}")
            assert min(one["workers_us"], one["broker_us"]) > 0
        assert done.returncode == 0, done.stderr

    def test_speaks_socket_io(self) -> None:
        pytest.importorskip("socketio", reason="not among the lowest supported versions")
        done = run("scale", "compare", *TINY, "--programs", "python-socketio", "--loads", "flood")
        [one] = json.loads(done.stdout)["results"]["flood"]["python-socketio"]
        is_complete(one, done.stderr)

    def test_one_worker_needs_no_broker(self) -> None:
        done = run("scale", "compare", *TINY, "--programs", ALONE.name, "--loads", "one")
        [one] = json.loads(done.stdout)["results"]["one"][ALONE.name]
        is_complete(one, done.stderr)


def is_complete(result: dict[str, Any], told: str) -> None:
    assert result["ended"] == "complete", told
    assert result["delivered"] == result["wanted"]


class TestWhatARedisCarries:
    pytestmark = servers

    @pytest.fixture
    def told(self) -> Any:
        with redis(None) as broker:
            yield lambda **given: json.dumps({"url": broker.url, "broker": broker.pid, **given})

    def carry(self, task: str, told: str) -> dict[str, Any]:
        done = run(task, told, module="bench.scale.carry")
        assert done.returncode == 0, done.stderr
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    def test_a_publication_costs_redis_something(self, told: Any) -> None:
        found = self.carry("publish", told(seconds=0.05, history=10, listeners=2))
        assert found["count"] > 0
        assert min(found["single"]["broker_us"], found["broker_us"]) > 0

    def test_all_channels_are_watched_again_after_an_outage(self, told: Any) -> None:
        found = self.carry("outage", told(channels=300, seconds=0.1))
        assert found["again"]["count"] == found["first"]["count"] == 300
        assert found["broker_bytes"] > 0

    def test_histories_take_memory(self, told: Any) -> None:
        kept = self.carry("keep", told(channels=100, count=50, history=50))
        assert kept["bytes"] > 50 * 128


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["redsi"], "no part 'redsi': choose from compare, redis"),
        (["--programs", "holdfats"], "no program 'holdfats': choose from holdfast"),
        (["--loads", "two"], "no load 'two': choose from flood"),
        (["--quick", "--write-docs"], "--write-docs needs everything at its full size"),
    ],
)
def test_wrong_arguments_are_refused_before_anything_runs(
    arguments: list[str], sentence: str
) -> None:
    done = run("scale", *arguments)
    assert done.returncode == 2
    assert sentence in done.stderr


def test_without_redis_there_is_a_sentence() -> None:
    command = [sys.executable, "-m", "bench", "scale"]
    known = {**os.environ, "PATH": ""}
    done = subprocess.run(command, cwd=ROOT, env=known, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.strip().splitlines() == [
        "There is no redis-server here: install it (Debian and Ubuntu: redis-server)."
    ]


# --- its parts ------------------------------------------------------------------------------------


def rounds(*costs: float) -> list[dict[str, Any]]:
    one = {"ended": "complete", "messages": 10, "seconds": 1.0}
    return [
        {**one, "cpu_us": cost, "workers_us": cost * 0.9, "broker_us": cost * 0.1} for cost in costs
    ]


def made_up() -> dict[str, Any]:
    """Results with round numbers."""
    programs = {
        HOLDFAST.name: rounds(1, 2, 1),
        SOCKETIO.name: rounds(12, 18, 11),
        PUBSUB.name: rounds(40, 80, 30),
    }
    results = {load.name: dict(programs) for load in LOADS}
    results["one"][QUEUES.name] = [{"ended": "silence", "cpu_us": 9.0}]
    priced = {"broker_us": 16.0, "process_us": 30.0}
    carried: dict[str, Any] = {
        name: {**priced, "single": {"broker_us": 50.0, "process_us": 100.0}}
        for name in ("publish", "publish_history")
    }
    for count in LISTENERS:
        single = {"broker_us": 50.0 + count, "process_us": 100.0}
        price = {"broker_us": 16 + count / 4, "process_us": 30.0}
        carried[f"listeners_{count}"] = {**price, "listeners": count, "single": single}
    for name in ("receive_1", "receive_1000"):
        carried[name] = {"process_us": 8.0}
    whole = {"seconds": 1.0, **priced}
    idle = {"broker_share": 0.001, "process_share": 0.002, "calls": 2.0}
    for count in (10_000, 100_000):
        some = {"channels": count, "first": whole, "again": whole, "idle": idle}
        carried[f"outage_{count}"] = {**some, "broker_bytes": 400.0, "process_bytes": 900.0}
    carried["keep"] = {"bytes": 200.0, "publications": 1}
    carried["keep_history"] = {"bytes": 20_000.0, "publications": 100}
    found = {"date": "2026-01-01", "rounds": 3, "clients": 1000, "minutes": 9.0}
    return {**found, "machine": {"python": "3"}, "results": results, "redis": carried}


def test_a_ratio_is_formed_within_one_round_and_its_median_is_judged() -> None:
    results = made_up()["results"]
    assert advantage(results, "flood", SOCKETIO.name) == [12, 9, 11]
    found = {one.program.name: one for one in verdicts(results, PROGRAMS, LOADS)}
    assert found[SOCKETIO.name].word == "ok"
    assert found[PUBSUB.name].word == SHORT  # 40, 40 and 30, where 50 are asked
    assert found[QUEUES.name].word == UNKNOWN


def test_a_round_that_was_not_complete_is_named_and_has_no_figure() -> None:
    text = report.text(made_up())
    [line] = [one for one in text.splitlines() if QUEUES.title in one and "silence" in one]
    assert line.count("- ") == 4


def test_loads_with_the_same_crowd_share_a_visit() -> None:
    found = visits(LOADS, 100, SOCKETIO)
    assert [[load.name for load in one.loads] for one in found] == [["flood", "one"], ["many"]]
    assert [one.task for one in found] == ["everyone", "channels"]
    assert {one.outside for one in found} == {"socketio"}
    assert {one.outside for one in visits(LOADS, 100, ALONE)} == {""}


COSTS = Costs(
    delivery=10,
    handshake=300,
    connection_kb=4,
    publish=30,
    receive=8,
    broker=14,
    kept=18,
    listener=0.5,
    alone=50,
    alone_listener=5,
)


def test_idle_connections_need_processes_only_for_coming_back() -> None:
    found = need(COSTS, Use("idle", 1e-9, 1))
    assert found.processes == model.MILLION // model.MOST
    assert found.redis < 0.01
    assert found.cpu == pytest.approx(1, rel=0.01)


def test_the_same_deliveries_cost_redis_the_more_the_fewer_receive_each() -> None:
    one, many = need(COSTS, Use("", 1, 1)), need(COSTS, Use("", 1, 1000))
    assert one.redis == pytest.approx(1e6 * (14 + 0.5) / 1e6 / 0.7)
    assert many.redis < one.redis / 100
    assert one.processes > many.processes >= 10 / 0.7


def test_dearer_deliveries_need_more_processes() -> None:
    use = Use("", 10, 100)
    cheap, dear = need(COSTS, use), need(replace(COSTS, delivery=20), use)
    assert dear.processes > cheap.processes
    assert cheap.cpu <= model.FILL * cheap.processes


def test_every_picture_is_drawn() -> None:
    found = pictures(made_up(), COSTS)
    assert {one.name for one in found} == {
        "scale-flood.svg",
        "scale-one.svg",
        "scale-many.svg",
        "scale-million.svg",
    }
    for picture in found:
        ElementTree.fromstring(picture.svg)
        assert "prefers-color-scheme: dark" in picture.svg


def test_the_page_keeps_what_is_around_its_tables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "scale.md"
    page.write_text((ROOT / "docs" / "scale.md").read_text())
    monkeypatch.setattr(report, "DOCS", page)
    monkeypatch.setattr(report, "IMAGES", tmp_path)
    report.write_docs(made_up())
    first = page.read_text()
    assert "Measured on 2026-01-01" in first
    assert "| python-socketio, AsyncRedisManager " in first
    assert "## What one Redis carries" in first
    report.write_docs(made_up())
    assert page.read_text() == first
    for image in ("scale-flood.svg", "scale-million.svg"):
        assert f"(images/{image})" in first
        assert (tmp_path / image).exists()
