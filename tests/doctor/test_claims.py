"""What the findings claim of the installed uvicorn and Starlette, shown on a real server."""

from contextlib import AsyncExitStack

import pytest

from holdfast.testing import peer, until
from tests.support.http import events, request
from tests.support.servers import STOCK, Servers

pytestmark = [pytest.mark.servers, pytest.mark.newest]

APP = "tests.doctor.apps:app"
OPTIONS = ("--no-access-log", "--forwarded-allow-ips", "*", "--limit-concurrency", "4")
FORGED = {"x-forwarded-for": "6.6.6.6, 10.0.0.1"}


async def test_what_middleware_and_settings_do_not_do_for_sockets(servers: Servers) -> None:
    """HD501, HD504, HD506, HD507: all of it in one handshake."""
    server = servers(STOCK, APP, *OPTIONS)
    assert (await request("GET", server.port, "/anything")).status == 401
    path, origin = "/echo?token=s3cr3t", "https://evil.example"
    async with peer(server.port, path, origin=origin, headers=FORGED) as client:
        client.send_text("hello from")
        assert await client.receive_text() == "hello from 6.6.6.6"
    await until(lambda: "token=s3cr3t" in server.text)


async def test_open_sockets_count_as_concurrency(servers: Servers) -> None:
    """HD208."""
    server = servers(STOCK, APP, *OPTIONS)
    async with AsyncExitStack() as stack:
        for _ in range(5):
            await stack.enter_async_context(peer(server.port, "/ours"))
        assert (await request("GET", server.port, "/health")).status == 503


async def test_browsers_are_given_compression(servers: Servers) -> None:
    """HD206."""
    offer = {"sec-websocket-extensions": "permessage-deflate; client_max_window_bits"}
    server = servers(STOCK, APP, *OPTIONS)
    async with peer(server.port, "/echo", headers=offer) as client:
        assert client.answer is not None
        assert "permessage-deflate" in client.answer.headers["sec-websocket-extensions"]


@pytest.mark.parametrize("kind", ["uvicorn-sansio", "uvicorn-wsproto"])
async def test_a_ping_timeout_of_0_ends_everybody(servers: Servers, kind: str) -> None:
    """HD203."""
    server = servers(kind, APP, "--ws-ping-interval", "0.2", "--ws-ping-timeout", "0")
    async with peer(server.port, "/echo") as client:
        assert await client.end() == 1011


async def test_a_shutdown_waits_without_end(servers: Servers) -> None:
    """HD207: for a plain handler that sleeps; not for who reads our server-sent events."""
    sleeping, reading = servers.fresh(STOCK, APP), servers.fresh(STOCK, APP)
    bounded = servers.fresh(STOCK, APP, "--timeout-graceful-shutdown", "1")
    async with AsyncExitStack() as stack:
        for server in (sleeping, bounded):
            await stack.enter_async_context(peer(server.port, "/sleeps"))
        stream = await stack.enter_async_context(events(reading.port, "/ticks"))
        await anext(stream)
        for server in (sleeping, reading, bounded):
            server.terminate()
        await until(lambda: bounded.process.poll() is not None, 20)
        await until(lambda: "Waiting for background tasks" in sleeping.text)
        await until(lambda: reading.process.poll() is not None, 20)
        assert sleeping.process.poll() is None
    for server in (sleeping, reading):
        server.stop(grace=0.0)
