"""A close code before accept reaches nobody but Starlette's test client."""

from pathlib import Path

import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from tests.check.effects.played import mended, program
from tests.support.programs import load

pytestmark = pytest.mark.newest
RULE = "close-code-before-accept"
WRONG = {
    "wrong_policy": 1008,
    "wrong_own_code": 4401,
    "wrong_dependency": 1008,
    "wrong_helper": 4401,
}


@pytest.mark.parametrize("ws", ["websockets-sansio", "wsproto"])
async def test_the_server_answers_403(ws: str) -> None:
    async with program(RULE, "wrong_policy", ws=ws) as played:
        assert await played.refused() == 403
    async with program(RULE, "wrong_own_code", ws=ws) as played:
        assert await played.refused() == 403
        assert await played.refused("/ws?user=mallory") == 403


@pytest.mark.parametrize(("name", "code"), WRONG.items())
def test_the_test_client_reports_a_code(name: str, code: int) -> None:
    client = TestClient(load(RULE, name).app)
    with pytest.raises(WebSocketDisconnect) as closed, client.websocket_connect("/ws"):
        pass
    assert closed.value.code == code


async def test_after_accept_it_arrives() -> None:
    async with program(RULE, "right_accepts_first") as played, played.peer() as client:
        assert await client.end() == 4401
        assert client.reason == "who are you?"


async def test_before_accept_an_http_answer_does() -> None:
    async with program(RULE, "right_no_code") as played:
        assert await played.refused("/ws?token=old") == 401
        assert await played.refused("/ws?token=banned") == 403


async def test_the_fix_lets_it_arrive(tmp_path: Path) -> None:
    async with mended(RULE, "wrong_policy", tmp_path) as played, played.peer() as client:
        assert await client.end() == 1008
