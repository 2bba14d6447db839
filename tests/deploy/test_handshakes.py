"""What passes a proxy, and what of a client's word about itself does not."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Awaitable
from pathlib import Path

import pytest

from holdfast.testing import until
from tests.deploy.app import FEW
from tests.deploy.clients import (
    FORGED,
    ending,
    origin_of,
    read_all,
    request,
    status_of,
    tls,
    websocket,
)
from tests.deploy.conftest import Start
from tests.deploy.proxies import HOST, Proxy
from tests.support.servers import Server, free_port

pytestmark = [pytest.mark.servers, pytest.mark.newest]

ADDRESS = "127.0.0.2"  # not the proxy's own
KEEPALIVE = "02"  # in /proc/net/tcp


async def test_a_handshake_shows_the_client_and_the_address_it_asked_for(proxy: Proxy) -> None:
    """Also where the client says otherwise: none of its headers gets through."""
    for headers in ({}, FORGED):
        async with websocket(proxy, "/echo", ADDRESS, additional_headers=headers) as client:
            seen = json.loads(await client.recv())
            await client.send("hello")
            assert await client.recv() == "hello"
        assert seen == {
            "address": ADDRESS,
            "client": ADDRESS,
            "url": f"wss://{HOST}:{proxy.port}/echo",
            "host": [f"{HOST}:{proxy.port}"],
            "x-forwarded-for": [ADDRESS],
            "x-forwarded-host": [f"{HOST}:{proxy.port}"],
            "x-forwarded-proto": ["https"],
            "forwarded": [],
        }


async def test_pages_of_other_origins_are_refused(proxy: Proxy) -> None:
    assert await status_of(proxy, "/echo", origin=origin_of(proxy)) == 101
    for origin in ("https://evil.example", f"https://{HOST}", "null"):
        found = await status_of(proxy, "/echo", origin=origin, additional_headers=FORGED)
        assert found == 403, origin


async def test_close_codes_and_reasons_reach_the_client(proxy: Proxy) -> None:
    async with websocket(proxy, "/closes?code=3504&reason=too+many") as client:
        assert await ending(client) == (3504, "too many")


async def test_a_limit_for_each_address_counts_the_clients_of_a_proxy(proxy: Proxy) -> None:
    async def connect(source: str, number: int) -> int:
        forged = {"X-Forwarded-For": f"6.6.6.{number}"}
        return await status_of(proxy, "/strict/echo", source=source, additional_headers=forged)

    held = [websocket(proxy, "/strict/echo", ADDRESS) for _ in range(FEW)]
    clients = await asyncio.gather(*held)
    try:
        assert await connect(ADDRESS, 1) == 429
        assert await connect("127.0.0.3", 2) == 101
    finally:
        await asyncio.gather(*(client.close() for client in clients))
    await until(lambda: _is(101, connect(ADDRESS, 3)))


async def _is(expected: int, found: Awaitable[int]) -> bool:
    return await found == expected


async def test_the_kernel_asks_whether_a_silent_client_is_there(proxy: Proxy) -> None:
    """After 20 s at first."""
    async with websocket(proxy, "/echo", ping_interval=None) as client:
        port = client.transport.get_extra_info("sockname")[1]
        await until(lambda: 0 < keepalive(proxy.port, port) <= 20)


def keepalive(local: int, remote: int) -> float:
    """Seconds until the kernel asks the other end of a connection; 0 if it does not plan to."""
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        if [int(end.partition(":")[2], 16) for end in fields[1:3]] == [local, remote]:
            timer, jiffies = fields[5].split(":")
            return int(jiffies, 16) / os.sysconf("SC_CLK_TCK") if timer == KEEPALIVE else 0
    raise AssertionError("no such connection")


async def test_other_names_are_refused_and_http_is_sent_to_https(proxy: Proxy) -> None:
    for host in ("evil.example", f"evil.example:{proxy.port}", "127.0.0.1"):
        reader, writer = await tls(proxy)
        writer.write(f"GET /seen HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        answer = await read_all(reader, writer)
        assert not answer or answer.startswith(b"HTTP/1.1 421 "), answer

    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.plain)
    writer.write(f"GET /seen?a=1 HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n".encode())
    answer = (await read_all(reader, writer)).lower()
    assert answer.startswith(b"http/1.1 308 ")
    assert f"location: https://{HOST}/seen?a=1\r\n".encode() in answer


async def test_no_log_holds_a_query_string(proxy: Proxy, start: Start, upstream: Server) -> None:
    """Neither for a request that passes, nor where the application is gone, nor the server's."""
    away = start(proxy.kind, free_port())
    assert await status_of(proxy, "/echo?token=secret") == 101
    assert await status_of(proxy, "/echo?token=secret", origin="https://evil.example") == 403
    assert (await request(proxy, "/seen?token=secret")).status == 200
    assert await status_of(away, "/echo?token=secret") in (502, 503)
    for each in (proxy, away):
        await until(lambda each=each: "GET /echo" in each.text)
        assert "secret" not in each.text
    assert "secret" not in upstream.text
