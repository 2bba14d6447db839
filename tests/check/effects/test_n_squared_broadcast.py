"""Effect of n-squared-broadcast: with three clients each gets each tick three times."""

from collections import Counter

import pytest

from holdfast.testing import serve
from tests.support.programs import load

pytestmark = pytest.mark.newest
RULE = "n-squared-broadcast"


async def copies(name: str, path: str) -> int:
    """Count how often one of three clients got the tick that it got most often."""
    async with serve(load(RULE, name).app) as server:
        peers = [await server.connect(path) for _ in range(3)]
        texts = Counter([await peers[0].receive() for _ in range(12)])
        for peer in peers:
            peer.transport.abort()
        return max(texts.values())


@pytest.mark.parametrize(
    ("name", "path"), [("wrong_ticker", "/ws"), ("wrong_task_each", "/prices")]
)
async def test_each_client_gets_each_tick_from_each_connection(name: str, path: str) -> None:
    assert await copies(name, path) == 3


@pytest.mark.parametrize("name", ["right_one_task", "right_own_socket"])
async def test_each_client_gets_each_tick_once(name: str) -> None:
    assert await copies(name, "/ws") == 1
