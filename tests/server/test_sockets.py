"""The same application behind TCP, TLS and a Unix socket."""

from typing import Any

import pytest

from holdfast.testing import until
from tests.server.support import Certificate, Receive, Scope, Send, accepted, echo, serving

KINDS = pytest.mark.parametrize("kind", ["plain", "tls", "unix"])


@KINDS
async def test_messages_go_both_ways(kind: str, certificate: Certificate) -> None:
    async with serving(echo, kind, certificate) as site:
        client = await site.connect("/")
        for text in ("one", "ü" * 70_000, ""):
            client.send_text(text)
            assert await client.receive() == text
        client.send_bytes(b"\x00" * 300_000)
        assert await client.receive() == b"\x00" * 300_000
        client.close(4000, "bye")
        assert await client.end() == 4000
        await until(site.idle)


@KINDS
async def test_scope_says_where_it_came_from(
    kind: str, certificate: Certificate, seen: list[Any]
) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope)
        await accepted(receive, send)

    async with serving(app, kind, certificate, lifespan="off") as site:
        client = await site.connect("/")
        assert await client.end() == 1000
        (scope,) = seen
        assert scope["scheme"] == ("wss" if kind == "tls" else "ws")
        if kind == "unix":
            assert scope["client"] is None
        else:
            assert scope["server"] == ("127.0.0.1", site.server.port)
            assert scope["client"][0] == "127.0.0.1"
