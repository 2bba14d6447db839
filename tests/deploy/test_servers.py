"""Each server behind each proxy, on a port and on a Unix socket."""

from __future__ import annotations

import asyncio
import json
import socket
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from holdfast.testing import until_sync
from tests.deploy.app import FEW
from tests.deploy.clients import FORGED, ending, origin_of, status_of, websocket
from tests.deploy.conftest import APP, OPTIONS, Start, need
from tests.deploy.proxies import HOST, KINDS, Proxy
from tests.support.servers import MOST_KINDS, STOCK, Server, Servers

pytestmark = [pytest.mark.servers, pytest.mark.newest]

READ_THE_HEADER = {"holdfast", "uvicorn-sansio"}
OTHERS = [kind for kind in MOST_KINDS if kind != STOCK]


async def passes(proxy: Proxy, server: str) -> None:
    """What docs/deploy.md says of any server."""
    async with websocket(proxy, "/echo", "127.0.0.2", additional_headers=FORGED) as one:
        seen = json.loads(await one.recv())
        assert seen["host"] == seen["x-forwarded-host"] == [f"{HOST}:{proxy.port}"]
        assert seen["x-forwarded-for"] == ["127.0.0.2"]
        assert seen["address"] == "127.0.0.2"
        # What the server itself says: only uvicorn reads the header.
        assert seen["client"] == ("127.0.0.2" if server in READ_THE_HEADER else "127.0.0.1")
    assert await status_of(proxy, "/echo", origin="https://evil.example") == 403
    async with websocket(proxy, "/closes?code=3504&reason=too+many") as one:
        assert await ending(one) == (3504, "" if server == "daphne" else "too many")
    async with AsyncExitStack() as stack:  # counted by the header that the proxy sets
        for _ in range(FEW):
            await stack.enter_async_context(websocket(proxy, "/strict/echo", "127.0.0.4"))
        path, forged = "/strict/echo", {"X-Forwarded-For": "6.6.6.6"}
        found = await status_of(proxy, path, source="127.0.0.4", additional_headers=forged)
        assert found == (403 if server == "daphne" else 429)
        assert await status_of(proxy, path, source="127.0.0.5", origin=origin_of(proxy)) == 101


@pytest.mark.parametrize("server", OTHERS)
async def test_other_servers(server: str, start: Start, servers: Servers) -> None:
    need(*KINDS, "openssl")
    upstream = await asyncio.to_thread(servers, server, APP)
    for kind in KINDS:
        await passes(start(kind, upstream.port), server)


class OnUnixSocket(Server):
    """Uvicorn on a Unix socket."""

    def __init__(self, path: Path, log: Path, kind: str = STOCK) -> None:
        self.path = path
        options = ("--uds", str(path), "--forwarded-allow-ips", "*", *OPTIONS)
        super().__init__(kind, APP, log, options)

    def _wait_until_it_listens(self, timeout: float) -> None:
        def listens() -> bool:
            assert self.process.poll() is None, self.text
            with socket.socket(socket.AF_UNIX) as sock:
                return sock.connect_ex(str(self.path)) == 0

        until_sync(listens, timeout)


def on(kind: str, server: OnUnixSocket) -> str:
    """The address in the words of a proxy."""
    return f"{'unix:' if kind == 'nginx' else 'unix@'}{server.path}"


@pytest.mark.parametrize("server_kind", [STOCK, "holdfast"])
async def test_a_unix_socket(server_kind: str, start: Start, tmp_path: Path) -> None:
    need(*KINDS, "openssl")
    paths = tmp_path / "app.sock", tmp_path / "server.log"
    server = await asyncio.to_thread(OnUnixSocket, *paths, server_kind)
    try:
        for kind in KINDS:
            await passes(start(kind, on(kind, server)), server_kind)
    finally:
        server.stop()
