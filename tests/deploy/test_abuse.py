"""Clients that mean harm, or whose network is bad: what bounds them, and that others are served."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from contextlib import AsyncExitStack

import pytest
from websockets.asyncio.client import ClientConnection

from holdfast.testing import until
from tests.deploy.clients import Reader, read_all, state, status_of, tls, websocket
from tests.deploy.conftest import Start
from tests.deploy.proxies import HOST, Proxy
from tests.support.servers import Server

pytestmark = [pytest.mark.servers, pytest.mark.newest]

QUICKER = {
    "nginx": {"client_header_timeout 10s": "client_header_timeout 1s"},
    "haproxy": {
        "timeout http-request 10s": "timeout http-request 1s",
        "timeout client 20s": "timeout client 1s",
    },
}
HEAD = f"GET /echo HTTP/1.1\r\nHost: {HOST}\r\nUpgrade: websocket\r\n".encode()
ADDRESS, ANOTHER = "127.0.0.2", "127.0.0.3"


async def test_slow_handshakes_are_closed(kind: str, start: Start, upstream: Server) -> None:
    """In TLS, before the head, within it, and where a line comes now and then."""
    proxy = start(kind, upstream.port, QUICKER[kind])
    plain = [await asyncio.open_connection("127.0.0.1", port) for port in (proxy.port, proxy.plain)]
    secure = [await tls(proxy) for _ in range(3)]
    secure[1][1].write(HEAD)
    dripping = asyncio.create_task(drip(secure[2][1]))
    try:
        began = time.monotonic()
        async with asyncio.timeout(8), websocket(proxy, "/echo") as client:
            answers = await asyncio.gather(*(read_all(*each) for each in [*plain, *secure]))
            assert time.monotonic() - began > 0.5
            await client.send("and this one is served")
    finally:
        dripping.cancel()
    # nginx says nothing; HAProxy has nobody to say it to before TLS.
    late = [answer.startswith(b"HTTP/1.1 408 ") for answer in answers]
    assert late == [False] * 5 if kind == "nginx" else [False, True, True, True, True]


async def drip(writer: asyncio.StreamWriter) -> None:
    writer.write(HEAD)
    for number in range(100):
        writer.write(f"X-{number}: a\r\n".encode())
        await asyncio.sleep(0.2)  # pacing


# For each proxy: what is changed, and how what is too much is refused.
TOO_MANY = {
    "nginx": ({"limit_conn open 100;": "limit_conn open 5;"}, 429),
    "haproxy": ({"sc0_conn_cur gt 100": "sc0_conn_cur gt 5"}, 0),
}
TOO_FAST = {
    "nginx": ({"rate=20r/s": "rate=6r/m", "burst=60": "burst=4"}, 429),
    "haproxy": ({"sc0_conn_rate gt 200": "sc0_conn_rate gt 5"}, 0),
}


async def test_too_many_connections_of_one_address_are_refused(
    kind: str, start: Start, upstream: Server
) -> None:
    changes, refused = TOO_MANY[kind]
    proxy = start(kind, upstream.port, changes)
    async with AsyncExitStack() as stack:
        for _ in range(5):
            await stack.enter_async_context(websocket(proxy, "/echo", ADDRESS))
        found = [await status_of(proxy, "/echo", source=ADDRESS) for _ in range(3)]
        assert found == [refused] * 3
        assert await status_of(proxy, "/echo", source=ANOTHER) == 101

    async def again() -> bool:
        return await status_of(proxy, "/echo", source=ADDRESS) == 101

    await until(again)


async def test_too_many_new_connections_of_one_address_are_refused(
    kind: str, start: Start, upstream: Server
) -> None:
    changes, refused = TOO_FAST[kind]
    proxy = start(kind, upstream.port, changes)
    found = Counter([await status_of(proxy, "/echo", source=ADDRESS) for _ in range(8)])
    assert found == {101: 5, refused: 3}
    assert await status_of(proxy, "/echo", source=ANOTHER) == 101


PATIENCE = {
    "nginx": {"send_timeout 15s": "send_timeout 3s"},
    "haproxy": {
        "timeout tunnel 60s": "timeout tunnel 3s",
        "timeout client-fin 5s": "timeout client-fin 1s",
    },
}


async def test_a_stalled_client_is_ended_a_slow_one_is_not_and_others_are_served(
    kind: str, start: Start, upstream: Server
) -> None:
    """The slow one reads as 20 KB/s are to the recommended ``send_timeout`` of 10 s."""
    proxy = start(kind, upstream.port, PATIENCE[kind])
    stalled, slow = f"/fills/stalled-{kind}", f"/fills/slow-{kind}"
    readers = [
        await asyncio.to_thread(Reader, proxy, stalled, 0),
        await asyncio.to_thread(Reader, proxy, slow, 100_000),
    ]
    try:
        async with websocket(proxy, "/echo") as client:
            await client.recv()
            echoes = asyncio.create_task(slowest_echo(client))
            await until(lambda: _lost(proxy, stalled))
            await until(lambda: f"GET {stalled} " in proxy.text, 15, "the proxy ends it, too")
            await until(lambda: readers[1].received > 600_000, 20)
            echoes.cancel()
            assert await echoes < 2
        now = await state(proxy)
        assert slow in now["paths"]
        assert not readers[1].ended
        assert now["sent"][stalled.removeprefix("/fills/")] < 4_000_000
    finally:
        for reader in readers:
            await asyncio.to_thread(reader.close)


async def _lost(proxy: Proxy, path: str) -> bool:
    now = await state(proxy)
    return path not in now["paths"] and path.removeprefix("/fills/") in now["sent"]


async def slowest_echo(client: ClientConnection) -> float:
    """Send and receive until cancelled; the longest that one took."""
    loop, slowest = asyncio.get_running_loop(), 0.0
    try:
        while True:
            began = loop.time()
            await client.send("x")
            await client.recv()
            slowest = max(slowest, loop.time() - began)
            await asyncio.sleep(0.1)  # pacing
    except asyncio.CancelledError:
        return slowest
