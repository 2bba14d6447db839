"""/healthz and /readyz: what an orchestrator is told."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from holdfast.asgi.health import Readiness, health_router

AWAY = "backplane redis://localhost:6379 is away"


class Process:
    """What changes while the router stays."""

    def __init__(self) -> None:
        self.health = Readiness("ready")
        self.app = FastAPI()
        self.app.include_router(health_router(lambda: self.health), prefix="/ops")
        self.client = TestClient(self.app)


@pytest.fixture
def process() -> Process:
    return Process()


def test_a_process_is_alive_whatever_its_broker_does(process: Process) -> None:
    for health in (Readiness("ready"), Readiness("away", AWAY), Readiness("stopping")):
        process.health = health
        answer = process.client.get("/ops/healthz")
        assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_it_is_ready_while_it_is(process: Process) -> None:
    assert process.client.get("/ops/readyz").json() == {"status": "ready"}
    process.health = Readiness("away", AWAY)
    answer = process.client.get("/ops/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"status": "away", "reason": AWAY}
    process.health = Readiness("stopping")
    answer = process.client.get("/ops/readyz")
    assert (answer.status_code, answer.json()) == (503, {"status": "stopping"})
    process.health = Readiness("ready")
    assert process.client.get("/ops/readyz").status_code == 200


@pytest.mark.parametrize("path", ["/ops/healthz", "/ops/readyz"])
def test_no_proxy_keeps_the_answer(process: Process, path: str) -> None:
    assert process.client.get(path).headers["cache-control"] == "no-store"


def test_it_is_in_no_schema(process: Process) -> None:
    assert process.app.openapi()["paths"] == {}
