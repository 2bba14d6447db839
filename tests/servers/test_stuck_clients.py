"""Stuck clients harm nobody: not the healthy, not the slow, not the server's memory."""

import asyncio
import logging
import time
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from holdfast.testing import Numbered, Peer, peer, until
from tests.support.http import get_json, post
from tests.support.servers import STOCK, Servers

pytestmark = [pytest.mark.servers, pytest.mark.newest, pytest.mark.timeout(120)]

log = logging.getLogger(__name__)

MB = 1 << 20
HEALTHY, STALLED, MESSAGES, SIZE = 54, 6, 3000, 4096
SEND_TIMEOUT = 5.0
PERIOD = 1.0  # seconds between two looks of the watch


def resident(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096


async def peak_memory(pid: int, highest: list[int]) -> None:
    while True:
        highest[0] = max(highest[0], resident(pid))
        await asyncio.sleep(0.02)  # polling


async def connect_many(stack: AsyncExitStack, port: int) -> tuple[list[Numbered], list[Peer]]:
    checks = [Numbered() for _ in range(HEALTHY)]
    for i, check in enumerate(checks):
        await stack.enter_async_context(peer(port, f"/listen/news/h{i}", on_message=check))
    stalled = [
        await stack.enter_async_context(peer(port, f"/listen/news/s{i}")) for i in range(STALLED)
    ]
    for client in stalled:
        client.stall()
    return checks, stalled


async def crawler(stack: AsyncExitStack, port: int, name: str, receive_buffer: int) -> Peer:
    """A client at 20 KB/s whose buffers are full, of a channel that skips what it cannot take."""
    client = await stack.enter_async_context(
        peer(port, f"/listen/skip.slow/{name}", receive_buffer=receive_buffer)
    )
    client.crawl(20_000)
    return client


@pytest.mark.parametrize("kind", ["holdfast", STOCK])
async def test_sixty_clients_of_whom_six_are_stalled(servers: Servers, kind: str) -> None:
    server = servers.fresh(kind, "tests.servers.apps:patient")
    port = server.port
    async with AsyncExitStack() as stack:
        checks, stalled = await connect_many(stack, port)
        slow = [await crawler(stack, port, "a", 16_384), await crawler(stack, port, "b", 32_768)]
        await post(port, "/publish/skip.slow?count=3000&size=4096")
        full_at = time.monotonic()

        pid = (await get_json(port, "/state"))["pid"]
        before, highest = resident(pid), [0]
        meter = asyncio.create_task(peak_memory(pid, highest))
        start = time.monotonic()
        await post(port, f"/publish/news?count={MESSAGES}&size={SIZE}")
        await until(lambda: all(check.next >= MESSAGES for check in checks), 30)
        took = time.monotonic() - start
        assert not [check.wrong for check in checks if check.wrong]
        assert [check.next for check in checks] == [MESSAGES] * HEALTHY

        async def the_stalled_are_aborted() -> bool:
            state = await get_json(port, "/state")
            listening = [path for path in state["paths"] if "/listen/news/s" in path]
            return not listening and int(state["aborted"]) == STALLED

        await until(the_stalled_are_aborted, SEND_TIMEOUT + 2 * PERIOD + 1)
        for client in stalled:  # their sockets are gone too
            client.transport.resume_reading()
            assert await client.end() is None
            assert isinstance(client.error, ConnectionResetError)
        growth = highest[0] - before
        log.info("memory grew by %.1f MB; all had all after %.1f s", growth / MB, took)
        # For each of the sixty one write of 256 KiB and what is below the server's mark may wait
        # here, since the kernel takes no more than it can send soon: it held 4 MB for each before.
        assert growth < 40 * MB

        await until(lambda: time.monotonic() - full_at > 3 * SEND_TIMEOUT, 20)
        meter.cancel()
        for client in slow:
            assert not client.ended.is_set()
            assert client.bytes > 12 * 20_000
        state = await get_json(port, "/state")
        assert len(state["paths"]) == HEALTHY + len(slow)
        assert state["aborted"] == STALLED


async def test_a_client_that_reads_fast_and_then_stops_is_aborted(servers: Servers) -> None:
    """It shows no steps: what its kernel took before the silence counts for nothing."""
    server = servers.fresh("holdfast", "tests.servers.apps:app")
    async with AsyncExitStack() as stack:
        client = await stack.enter_async_context(peer(server.port, "/listen/skip.fast/a"))
        await post(server.port, "/publish/skip.fast?count=3000&size=4096")
        await until(lambda: client.bytes > 4 * MB)
        client.stall()
        for _ in range(4):
            await post(server.port, "/publish/skip.fast?count=3000&size=4096")

        async def gone() -> bool:
            return not (await get_json(server.port, "/state"))["paths"]

        assert await until(gone, 20) < 2 * SEND_TIMEOUT + 2 * PERIOD


async def test_a_slow_reader_with_the_default_buffer_is_never_aborted(servers: Servers) -> None:
    """On the other servers the matrix's sample has one, for not quite as long."""
    server = servers.fresh("holdfast", "tests.servers.apps:app")
    async with AsyncExitStack() as stack:
        client = await crawler(stack, server.port, "default", 0)
        await post(server.port, "/publish/skip.slow?count=3000&size=4096")
        start = time.monotonic()
        await until(lambda: client.ended.is_set() or time.monotonic() - start > 20, 25)
        assert not client.ended.is_set()
