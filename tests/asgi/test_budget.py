"""The memory budget with real sockets: a hundred stalled clients, and one that reads."""

import asyncio
import logging
import socket
from collections import Counter
from contextlib import AsyncExitStack
from typing import Any

import pytest
from fastapi import FastAPI

from holdfast import Closed, Connection, Deadlines, Holdfast, Limits
from holdfast.hub.link import WRITE_LIMIT
from holdfast.testing import Numbered, serve, until

MIB = 1 << 20
STALLED, BUDGET, SIZE = 100, 4 * MIB, 4096
SMALL = 16_384  # bytes of the kernel's buffers, so that a client is soon stuck


@pytest.fixture
def hf(app: FastAPI) -> Holdfast:
    return Holdfast(app, limits=Limits(memory=BUDGET), deadlines=Deadlines(send_timeout=60))


def outboxes(hf: Holdfast) -> int:
    """Bytes that wait in links and in the server, for connections that are open."""
    return sum(conn.link.outbox for conn in hf.connections if conn.link is not None)


def held(hf: Holdfast) -> int:
    """What the budget bounds, as it is now; what it knows may be half a second old."""
    return outboxes(hf) + hf.runtime().hub.share.account.kept


async def test_a_hundred_stalled_clients_hold_no_more_than_the_budget(
    app: FastAPI, hf: Holdfast, caplog: pytest.LogCaptureFixture
) -> None:
    hf.channel("news", overflow="skip")
    ended: Counter[Closed] = Counter()

    @hf.websocket("/ws")
    async def handler(conn: Connection[str]) -> None:
        link: Any = conn.link
        with socket.socket(fileno=socket.dup(link.reach.fileno())) as sock:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SMALL)
        conn.on_disconnect(lambda conn, closed: ended.update([closed]))
        await conn.join("news")
        async for _ in conn:
            pass

    check = Numbered()
    number = 0

    async def publish() -> None:
        nonlocal number
        await hf.publish("news", f"{number:08d}".ljust(SIZE, "x"))
        number += 1

    async with serve(app) as server, AsyncExitStack() as stack:
        healthy = await stack.enter_async_context(server.peer("/ws", on_message=check))
        for _ in range(STALLED):
            peer = server.peer("/ws", receive_buffer=SMALL)
            (await stack.enter_async_context(peer)).stall()
        await until(lambda: hf.statistics().connections == STALLED + 1)
        while outboxes(hf) < 2 * BUDGET:
            await publish()
        assert not ended  # what was written just now may still be read

        with caplog.at_level(logging.WARNING, "holdfast"):
            await until(lambda: hf.statistics().shed > 0 and held(hf) <= BUDGET + WRITE_LIMIT)
        for _ in range(1000):
            await publish()
            await asyncio.sleep(0.001)  # pacing: several looks
            assert held(hf) <= BUDGET + WRITE_LIMIT
        await until(lambda: check.next == number)

        assert (check.wrong, healthy.code) == ([], None)
        assert set(ended) == {Closed(3008, "memory budget")}
        assert STALLED // 2 < ended.total() == hf.statistics().shed <= STALLED
        assert hf.statistics().memory <= BUDGET
        assert "slow connections closed: " in caplog.text
