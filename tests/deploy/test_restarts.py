"""Reloads of a proxy and restarts of the application: what clients see."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable
from contextlib import AsyncExitStack
from http import HTTPStatus
from pathlib import Path

import psutil
import pytest
from websockets.asyncio.server import Request, Response, ServerConnection, serve

from holdfast.testing import until
from tests.deploy.clients import ending, request, status_of, websocket
from tests.deploy.conftest import Start, need
from tests.deploy.proxies import KINDS
from tests.deploy.test_servers import OnUnixSocket, on
from tests.support.servers import STOCK, Server

pytestmark = [pytest.mark.servers, pytest.mark.newest]

HEALTH_CHECK = 1.0  # seconds, the interval in haproxy.cfg
SOON = {
    "nginx": {"worker_shutdown_timeout 30s": "worker_shutdown_timeout 3s"},
    "haproxy": {"hard-stop-after 30s": "hard-stop-after 3s"},
}


async def test_a_reload_keeps_connections_for_a_while(
    kind: str, start: Start, upstream: Server
) -> None:
    proxy = start(kind, upstream.port, SOON[kind])
    async with websocket(proxy, "/echo") as before:
        await before.recv()
        old = proxy.workers()
        proxy.reload()
        await before.send("still here")
        assert await before.recv() == "still here"
        await until(lambda: not any(listens(pid) for pid in old))
        async with websocket(proxy, "/echo") as after:
            await after.recv()
            assert await ending(before) is None  # no close frame: 1006 to a page
            await after.send("here, too")
            assert await after.recv() == "here, too"


def listens(pid: int) -> bool:
    try:
        found = psutil.Process(pid).net_connections("tcp")
    except psutil.NoSuchProcess:
        return False
    return any(each.status == psutil.CONN_LISTEN for each in found)


async def test_an_application_that_is_busy_when_the_proxy_starts_is_not_down(
    kind: str, start: Start
) -> None:
    """HAProxy's first check decides alone whether there is a server at all."""
    checked = asyncio.Event()

    async def busy(connection: ServerConnection, asked: Request) -> Response:
        await asyncio.sleep(2 * HEALTH_CHECK)  # pacing
        checked.set()
        return connection.respond(HTTPStatus.OK, "")

    async with serve(nobody, "127.0.0.1", 0, process_request=busy) as upstream:
        port = next(iter(upstream.sockets)).getsockname()[1]
        proxy = await asyncio.to_thread(start, kind, port)
        if kind == "haproxy":
            await asyncio.wait_for(checked.wait(), 20)
        assert (await request(proxy, "/")).status == HTTPStatus.OK


async def nobody(connection: ServerConnection) -> None:
    """Nobody gets so far."""


@pytest.mark.parametrize("server_kind", [STOCK, "holdfast"])
async def test_a_restart_and_a_crash_of_the_application(
    server_kind: str, start: Start, tmp_path: Path
) -> None:
    """A restart says 1012 to all; a crash says nothing. Between them handshakes get 502 or 503."""
    need(*KINDS, "openssl")
    path = tmp_path / "app.sock"
    first = await asyncio.to_thread(OnUnixSocket, path, tmp_path / "first.log", server_kind)
    proxies = [start(kind, on(kind, first)) for kind in KINDS]

    async def statuses() -> list[int]:
        return await asyncio.gather(*(status_of(proxy, "/echo") for proxy in proxies))

    async def endings(server: Server, number: signal.Signals) -> list[tuple[int, str] | None]:
        async with AsyncExitStack() as stack:
            clients = [
                await stack.enter_async_context(websocket(each, "/echo")) for each in proxies
            ]
            server.process.send_signal(number)
            return await asyncio.gather(*(ending(client) for client in clients))

    try:
        reason = "" if server_kind == STOCK else "server shutdown"
        assert await endings(first, signal.SIGTERM) == [(1012, reason), (1012, reason)]
        await until(lambda: first.process.poll() is not None)
        assert await statuses() == [502, 503]
    finally:
        first.stop()
    path.unlink(missing_ok=True)
    second = await asyncio.to_thread(OnUnixSocket, path, tmp_path / "second.log", server_kind)
    try:
        await until(lambda: _all_served(statuses()))
        assert await endings(second, signal.SIGKILL) == [None, None]
    finally:
        second.stop()


async def _all_served(statuses: Awaitable[list[int]]) -> bool:
    return await statuses == [101, 101]
