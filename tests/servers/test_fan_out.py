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
    """100,000; a fifth of them on the servers that take several times as long for each.

    In one of three tries: a reader whom a busy machine gives no time for a second is not healthy.
    """
    count = 100_000 if server.kind in (STOCK, "holdfast") else 20_000
    found: list[list[str]] = []
    while not found or found[-1]:
        assert len(found) < 3, found
        found.append(await missed(server, count))


async def missed(server: Server, count: int) -> list[str]:
    """Publish so many times; what each of three readers did not get, in words."""
    checks = [Numbered() for _ in range(3)]
    async with AsyncExitStack() as stack:
        peers = [
            await stack.enter_async_context(
                peer(server.port, f"/listen/many/reader{i}", on_message=check)
            )
            for i, check in enumerate(checks)
        ]
        start = time.monotonic()
        await post(server.port, f"/publish/many?count={count}")
        readers = list(zip(peers, checks, strict=True))
        await until(lambda: all(one.ended.is_set() or it.next >= count for one, it in readers), 60)
        log.info("%s: %.1f s", server.kind, time.monotonic() - start)
        return [
            f"{it.next} of {count}, wrong {it.wrong}, code {one.code}"
            for one, it in readers
            if it.wrong or it.next != count
        ]
