"""A publisher in a tight loop laps nobody who reads, on any server."""

import logging
import time
from contextlib import AsyncExitStack

import pytest

from holdfast.testing import Numbered, peer, until
from tests.support.http import post
from tests.support.servers import STOCK, Server

pytestmark = [pytest.mark.servers, pytest.mark.newest, pytest.mark.timeout(120)]

log = logging.getLogger(__name__)


async def test_every_publish_reaches_every_healthy_subscriber(server: Server) -> None:
    """100,000; a fifth of them on the servers that take several times as long for each."""
    count = 100_000 if server.kind in (STOCK, "holdfast") else 20_000
    checks = [Numbered() for _ in range(3)]
    async with AsyncExitStack() as stack:
        for i, check in enumerate(checks):
            path = f"/listen/many/reader{i}"
            await stack.enter_async_context(peer(server.port, path, on_message=check))
        start = time.monotonic()
        await post(server.port, f"/publish/many?count={count}")
        await until(lambda: all(check.next >= count for check in checks), 60)
        log.info("%s: %.1f s", server.kind, time.monotonic() - start)
        assert not [check.wrong for check in checks if check.wrong]
        assert [check.next for check in checks] == [count] * 3
