"""A handler that works while its client's message waits does not lose the client."""

import pytest

from holdfast.testing import peer
from tests.support.servers import Servers

pytestmark = pytest.mark.servers


@pytest.mark.parametrize("kind", ["uvicorn-sansio", "uvicorn-wsproto"])
async def test_a_busy_handler_is_not_killed_by_keepalive(servers: Servers, kind: str) -> None:
    """Uvicorn stops reading at the first message that nobody takes, and so misses its pongs."""
    options = ("--ws-ping-interval", "1", "--ws-ping-timeout", "1")
    server = servers(kind, "tests.servers.apps:app", *options)
    async with peer(server.port, "/talks?seconds=4.5") as client:
        client.send_text("a message that the handler never reads")
        assert await client.end() == 1000
        assert client.messages == 45
        assert client.pings >= 2
