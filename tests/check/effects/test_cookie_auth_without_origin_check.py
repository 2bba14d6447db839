"""A page of anybody's is let in with the cookie of who visits it."""

import pytest

from holdfast.testing import HandshakeRefused
from tests.check.effects.played import program

pytestmark = pytest.mark.newest
RULE = "cookie-auth-without-origin-check"
EVIL = "https://evil.example"


@pytest.mark.parametrize(
    ("name", "path", "cookie"),
    [
        ("wrong_tutorial_002", "/items/7/ws", "session=s3cret"),
        ("wrong_header", "/ws", "session=ada"),
        ("wrong_cookies", "/ws", "session_id=s3cret"),  # behind a CORSMiddleware
        ("wrong_helper_elsewhere", "/inbox", "access_token=ada"),
        ("wrong_holdfast_all_origins", "/ws", "session=ada"),
    ],
)
async def test_a_foreign_page_is_let_in(name: str, path: str, cookie: str) -> None:
    async with program(RULE, name) as played:
        client = await played.server.connect(path, origin=EVIL, headers={"Cookie": cookie})
        client.send_text("x")
        assert await client.receive_text()
        client.transport.abort()


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("right_origin_checked", "/account"),
        ("right_origin_checked", "/inbox"),
        ("right_middleware", "/ws"),
        ("right_holdfast", "/ws"),
        ("right_guard", "/ws"),
    ],
)
async def test_where_the_origin_is_checked_it_is_refused(name: str, path: str) -> None:
    async with program(RULE, name) as played:
        with pytest.raises(HandshakeRefused):
            await played.server.connect(path, origin=EVIL, headers={"Cookie": "session=ada"})
