"""Long silences and events: timeouts above the ping, and nothing held back."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import Any

import pytest
from websockets.asyncio.server import Request, Response, ServerConnection, serve

from tests.deploy.clients import ending, events, origin_of, publish, websocket
from tests.deploy.conftest import Start
from tests.deploy.proxies import HOST, Proxy
from tests.support.servers import Server

pytestmark = [pytest.mark.servers, pytest.mark.newest]

SHORT = {
    "nginx": {"proxy_read_timeout 60s": "proxy_read_timeout 2s"},
    "haproxy": {
        "timeout tunnel 60s": "timeout tunnel 2s",
        "timeout server 60s": "timeout server 2s",
        "timeout client 20s": "timeout client 2s",
    },
}
LONGER = 5.0  # seconds


async def test_pings_and_comments_keep_silent_connections(
    kind: str, start: Start, upstream: Server
) -> None:
    """Of a WebSocket and of an event stream; where no pings come the timeout ends it."""
    loop = asyncio.get_running_loop()
    async with serve(silent, "127.0.0.1", 0, ping_interval=None, process_request=ready) as other:
        port = next(iter(other.sockets)).getsockname()[1]
        without_pings = await asyncio.to_thread(start, kind, port, SHORT[kind])
        with_pings = start(kind, upstream.port, SHORT[kind])
        async with (
            websocket(with_pings, "/echo", ping_interval=None) as client,
            events(with_pings, "/feed/quiet") as stream,
            websocket(without_pings, "/", ping_interval=None) as cut,
        ):
            began = loop.time()
            await client.recv()
            assert await ending(cut) is None  # no close frame: 1006 to a page
            assert loop.time() - began < LONGER
            await asyncio.sleep(LONGER - 2)  # pacing: longer than the timeouts
            await client.send("still here")
            assert await client.recv() == "still here"
            await publish(with_pings, "quiet", "still-here")
            async with asyncio.timeout(10):
                assert (await anext(stream)).data == "still-here"


async def silent(connection: ServerConnection) -> None:
    await connection.wait_closed()


def ready(connection: ServerConnection, request: Request) -> Response | None:
    return connection.respond(HTTPStatus.OK, "") if request.path == "/ready" else None


async def come_at_once(proxy: Proxy, channel: str) -> None:
    """One after another through a stream that goes on: a buffer would wait for more."""
    async with asyncio.timeout(20), events(proxy, f"/feed/{channel}") as stream:
        for text in ("one", "two"):
            await publish(proxy, channel, text)
            event = await anext(stream)
            assert event.data == text
    await publish(proxy, channel, "three")
    again = {"Last-Event-ID": event.id}
    async with asyncio.timeout(20), events(proxy, f"/feed/{channel}", again) as stream:
        assert (await anext(stream)).data == "three"


async def test_events_come_at_once_and_go_on_where_they_were(proxy: Proxy) -> None:
    await come_at_once(proxy, f"kept.{proxy.kind}")


async def test_nginx_does_not_buffer_them_where_it_buffers_others(
    kind: str, start: Start, upstream: Server
) -> None:
    if kind == "nginx":
        proxy = start(kind, upstream.port, {"proxy_buffering off;": "proxy_buffering on;"})
        await come_at_once(proxy, "kept.buffered")


async def test_events_come_over_http_2_and_each_counts(
    kind: str, start: Start, upstream: Server
) -> None:
    """A page may have many over one connection, so its limit counts streams."""
    limit = {"nginx": "limit_conn open", "haproxy": "sc1_conn_cur gt"}[kind]
    proxy = start(kind, upstream.port, {f"{limit} 100": f"{limit} 5"})
    httpx2: Any = pytest.importorskip("httpx2")
    context = proxy.certificate.context("h2")
    asked = {"Accept": "text/event-stream", "Host": origin_of(proxy).removeprefix("https://")}
    url = f"https://127.0.0.1:{proxy.port}/feed/two"
    everybody = asyncio.Barrier(7)
    async with httpx2.AsyncClient(http2=True, verify=context, timeout=20) as client:

        async def watch() -> tuple[str, int]:
            named = {"sni_hostname": HOST}
            async with client.stream("GET", url, headers=asked, extensions=named) as answer:
                await anext(answer.aiter_raw())
                await everybody.wait()
                return answer.http_version, answer.status_code

        found = await asyncio.gather(*(watch() for _ in range(everybody.parties)))
    assert sorted(found) == [("HTTP/2", 200)] * 5 + [("HTTP/2", 429)] * 2
