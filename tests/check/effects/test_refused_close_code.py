"""The call raises, and the client is told 1011 instead."""

import pytest

from tests.check.effects.played import program
from tests.support.http import request

pytestmark = pytest.mark.newest
RULE = "refused-close-code"


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("wrong_rfc_codes", "/policy"),
        ("wrong_rfc_codes", "/status"),
        ("wrong_rfc_codes", "/ours"),
        ("wrong_reason", "/ws"),
    ],
)
async def test_the_client_is_told_1011(name: str, path: str) -> None:
    async with program(RULE, name) as played, played.peer(path) as client:
        assert await client.end() == 1011
        assert isinstance(await played.end(), ValueError)


async def test_nobody_is_disconnected() -> None:
    async with program(RULE, "wrong_disconnect") as played:
        assert (await request("POST", played.server.port, "/kick/ann")).status == 500


@pytest.mark.parametrize(("said", "code"), [("1", 1000), ("3", 3507), ("4", 4001), ("3999", 3999)])
async def test_a_code_for_applications_arrives(said: str, code: int) -> None:
    async with program(RULE, "right_codes") as played, played.peer() as client:
        client.send_text(said)
        assert await client.end() == code
