"""A publish where no event loop runs raises, and nothing is published."""

import threading
from pathlib import Path

import pytest

from holdfast.testing import serve
from tests.check.effects.played import mended, program
from tests.support.http import request
from tests.support.programs import load

pytestmark = pytest.mark.newest
RULE = "publish-from-thread"


async def test_a_sync_endpoint_answers_500() -> None:
    async with program(RULE, "wrong_sync_endpoint") as played:
        answer = await request("POST", played.server.port, "/orders/7/ship")
        assert answer.status == 500


async def test_a_sync_endpoint_may_publish_threadsafe() -> None:
    loaded = load(RULE, "right_threadsafe")
    async with serve(loaded.app) as server:
        assert (await request("POST", server.port, "/ship?id=7")).status == 200
        assert loaded.hf.statistics().published == 1


def test_a_thread_of_ones_own_ends_by_it(monkeypatch: pytest.MonkeyPatch) -> None:
    raised: list[BaseException | None] = []
    monkeypatch.setattr(threading, "excepthook", lambda args: raised.append(args.exc_value))
    thread = threading.Thread(target=load(RULE, "wrong_thread").measure)
    thread.start()
    thread.join(5)
    assert "use hf.publish_threadsafe" in str(raised[0])


async def test_a_producer_in_a_thread_fails_each_time() -> None:
    loaded = load(RULE, "wrong_producer")
    async with serve(loaded.app) as server, server.peer("/clock"):
        while not loaded.hf.streams or not loaded.hf.streams[0].failures:
            await request("GET", server.port, "/")
        assert "WrongThread" in loaded.hf.streams[0].last_error


async def test_mended_it_publishes(tmp_path: Path) -> None:
    async with mended(RULE, "wrong_sync_endpoint", tmp_path) as played:
        answer = await request("POST", played.server.port, "/orders/7/ship")
        assert answer.status == 200
