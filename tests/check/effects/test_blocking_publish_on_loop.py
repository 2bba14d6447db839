"""A publish that blocks refuses to on the event loop, and nothing is published."""

from pathlib import Path

import pytest

from holdfast.testing import serve
from tests.check.effects.played import mended, program
from tests.support.http import request
from tests.support.programs import load

pytestmark = pytest.mark.newest
RULE = "blocking-publish-on-loop"


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("wrong_endpoint", "/ship?id=7"),
        ("wrong_publisher", "/ship?id=7"),
        ("wrong_service_elsewhere", "/say?text=x"),
    ],
)
async def test_the_endpoint_answers_500(name: str, path: str) -> None:
    async with program(RULE, name) as played:
        assert (await request("POST", played.server.port, path)).status == 500


async def test_a_handler_is_closed() -> None:
    async with program(RULE, "wrong_endpoint") as played, played.peer() as client:
        client.send_text("x")
        assert await client.end() == 1011
        assert "would block the event loop" in str(await played.end())


async def test_off_the_loop_it_publishes() -> None:
    loaded = load(RULE, "right_to_thread")
    async with serve(loaded.app) as server:
        assert (await request("POST", server.port, "/say?text=x")).status == 200
        assert loaded.hf.statistics().published == 4


async def test_mended_it_publishes(tmp_path: Path) -> None:
    async with mended(RULE, "wrong_endpoint", tmp_path) as played:
        assert (await request("POST", played.server.port, "/ship?id=7")).status == 200
