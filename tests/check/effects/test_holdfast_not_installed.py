"""Every handshake is refused, and nothing is logged."""

import logging
from pathlib import Path

import pytest

from tests.check.effects.played import mended, program

pytestmark = pytest.mark.newest
RULE = "holdfast-not-installed"


@pytest.mark.parametrize(
    ("name", "path"),
    [("wrong_never", "/ws"), ("wrong_factory", "/ws"), ("wrong_stream", "/clock")],
)
async def test_nobody_gets_in(name: str, path: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    async with program(RULE, name) as played:
        assert await played.refused(path) == 403
    assert caplog.text == ""


@pytest.mark.parametrize("name", ["right_installed", "right_router", "right_handed_on"])
async def test_where_it_is_installed_they_do(name: str) -> None:
    async with program(RULE, name) as played, played.peer() as client:
        client.close()
        assert await client.end() == 1000


async def test_mended_they_get_in(tmp_path: Path) -> None:
    async with mended(RULE, "wrong_never", tmp_path) as played, played.peer() as client:
        client.send_text("x")
        assert await client.receive_text() == "x"
