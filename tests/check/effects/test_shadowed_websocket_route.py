"""Which of two routes serves a path that both match."""

import pytest

from tests.check.effects.outcomes import talk
from tests.support.programs import load

pytestmark = pytest.mark.newest
RULE = "shadowed-websocket-route"


@pytest.mark.parametrize(
    ("program", "path", "answer"),
    [
        ("wrong_app", "/ws/special", "session special"),
        ("wrong_router", "/api/jobs/all", "job all"),
        ("wrong_starlette", "/users/me", "user me"),
        ("wrong_starlette", "/v2/users/7", "user 7"),
    ],
)
async def test_the_first_one_does(program: str, path: str, answer: str) -> None:
    assert (await talk(load(RULE, program).app, path)).received == [answer]


@pytest.mark.parametrize(
    ("program", "path", "answer"),
    [
        ("right_order", "/ws/special", "special"),
        ("right_order", "/ws/7/events", "events"),
        ("right_convertors", "/items/all", "all"),
        ("right_convertors", "/latest/ws", "latest"),
    ],
)
async def test_what_the_first_one_does_not_match_goes_on(
    program: str, path: str, answer: str
) -> None:
    assert (await talk(load(RULE, program).app, path)).received == [answer]
