"""The token stands in the server's log."""

import logging

import pytest

from tests.check.effects.played import program

pytestmark = pytest.mark.newest
RULE = "token-in-query-string"


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("wrong_query_params", "/ws?access_token=t0ken"),
        ("wrong_plain_parameter", "/chat/a?token=s3cret"),
        ("wrong_holdfast", "/ws?token=ada"),
    ],
)
async def test_it_is_logged(name: str, path: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "uvicorn.error")
    async with program(RULE, name, log_level="info") as played, played.peer(path):
        pass
    assert path in caplog.text


async def test_a_subprotocol_is_not(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "uvicorn.error")
    async with program(RULE, "right_subprotocol", log_level="info") as played:
        client = await played.server.connect("/ws", subprotocols=["bearer", "s3cret"])
        assert await client.receive_text() == "s3 blue"
        assert await client.end() == 1000
    assert "s3cret" not in caplog.text
