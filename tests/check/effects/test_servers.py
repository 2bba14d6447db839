"""What the texts of rules say of other servers than uvicorn, with one start of each."""

import asyncio

import pytest

from holdfast.testing import HandshakeRefused, Peer, peer
from tests.support.servers import Servers

pytestmark = [pytest.mark.servers, pytest.mark.newest]
APP = "tests.check.effects.served:app"
WRONG_CLOSE = "/close-code-before-accept/wrong_policy/ws"
WRONG_RETURN = "/return-without-close/wrong_finite_stream/ws"


@pytest.mark.parametrize(("kind", "code"), [("hypercorn", 1011), ("granian", 1005)])
async def test_a_lost_close_code_and_a_missing_close(
    servers: Servers, kind: str, code: int
) -> None:
    server = servers(kind, APP)
    with pytest.raises(HandshakeRefused) as refused:
        await Peer.connect(server.port, WRONG_CLOSE)
    assert refused.value.answer.status == 403
    async with peer(server.port, WRONG_RETURN) as client:
        assert await client.end() == code


async def test_daphne_loses_the_code_and_leaves_open_what_has_ended(servers: Servers) -> None:
    server = servers("daphne", APP)
    with pytest.raises(HandshakeRefused) as refused:
        await Peer.connect(server.port, WRONG_CLOSE)
    assert refused.value.answer.status == 403
    async with peer(server.port, WRONG_RETURN) as client:
        for _ in range(4):
            await client.receive_json()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(client.ended.wait(), 0.3)
