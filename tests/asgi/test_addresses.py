"""Whose address a connection has, and which host it asked for: headers count from proxies only."""

from collections.abc import Sequence
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from holdfast import ConfigurationError, Connection, Holdfast
from holdfast.asgi.addresses import Handshake, TrustedProxies

Lines = Sequence[tuple[str, str]]


def handshake(peer: str, lines: Lines) -> Handshake:
    headers = [(name.encode(), value.encode()) for name, value in lines]
    client = (peer, 1234) if peer else None
    scope = {"type": "websocket", "path": "/", "headers": headers, "client": client}
    return Handshake(scope, None)


TRUSTED = ["10.0.0.0/8", "192.0.2.1", "2001:db8::/32", "unix"]
FOR = "x-forwarded-for"


@pytest.mark.parametrize(
    ("peer", "lines", "client"),
    [
        # nobody forwards
        ("10.0.0.1", [], "10.0.0.1"),
        ("8.8.8.8", [], "8.8.8.8"),
        ("", [], ""),
        # a stranger's word does not count
        ("8.8.8.8", [(FOR, "1.1.1.1")], "8.8.8.8"),
        ("192.0.2.2", [(FOR, "1.1.1.1")], "192.0.2.2"),
        ("testclient", [(FOR, "1.1.1.1")], "testclient"),
        # the last address that is no proxy's
        ("10.0.0.1", [(FOR, "1.1.1.1")], "1.1.1.1"),
        ("10.0.0.1", [(FOR, "6.6.6.6, 1.1.1.1")], "1.1.1.1"),
        ("10.0.0.1", [(FOR, "6.6.6.6, 1.1.1.1, 10.9.9.9,192.0.2.1")], "1.1.1.1"),
        ("10.0.0.1", [(FOR, "6.6.6.6"), (FOR, "1.1.1.1")], "1.1.1.1"),
        ("10.0.0.1", [(FOR, "10.0.0.2, 10.0.0.3")], "10.0.0.2"),
        ("::ffff:10.0.0.1", [(FOR, "1.1.1.1")], "1.1.1.1"),
        ("2001:db8::1", [(FOR, "2600::1")], "2600::1"),
        ("", [(FOR, "1.1.1.1")], "1.1.1.1"),
        # with a port, and what is no address
        ("10.0.0.1", [(FOR, "1.1.1.1:443")], "1.1.1.1"),
        ("10.0.0.1", [(FOR, "[2600::1]:443")], "2600::1"),
        ("10.0.0.1", [(FOR, "[2600::1]")], "2600::1"),
        ("10.0.0.1", [(FOR, "1.1.1.1, unknown")], "10.0.0.1"),
        ("10.0.0.1", [(FOR, "1.1.1.1, unknown, 10.0.0.7")], "10.0.0.7"),
        ("10.0.0.1", [(FOR, "")], "10.0.0.1"),
        ("10.0.0.1", [(FOR, "'; drop table")], "10.0.0.1"),
        # RFC 7239
        ("10.0.0.1", [("forwarded", "for=1.1.1.1;proto=https;by=10.0.0.1")], "1.1.1.1"),
        ("10.0.0.1", [("forwarded", 'For="[2600::1]:4711"')], "2600::1"),
        ("10.0.0.1", [("forwarded", "for=6.6.6.6, for=1.1.1.1, for=10.0.0.9")], "1.1.1.1"),
        ("10.0.0.1", [("forwarded", 'for="6.6.6.6'), ("forwarded", "for=1.1.1.1")], "1.1.1.1"),
        ("10.0.0.1", [("forwarded", "for=_hidden, for=10.0.0.9")], "10.0.0.9"),
        ("8.8.8.8", [("forwarded", "for=1.1.1.1")], "8.8.8.8"),
        # what most proxies set counts, if both are there
        ("10.0.0.1", [("forwarded", "for=6.6.6.6"), (FOR, "1.1.1.1")], "1.1.1.1"),
    ],
)
def test_the_clients_address(peer: str, lines: Lines, client: str) -> None:
    assert TrustedProxies(TRUSTED).client(handshake(peer, lines)) == client


@pytest.mark.parametrize(
    ("peer", "lines", "host"),
    [
        ("10.0.0.1", [("host", "inner:80")], "inner:80"),
        ("10.0.0.1", [("host", "inner"), ("x-forwarded-host", "a.net:8443")], "a.net:8443"),
        ("10.0.0.1", [("host", "inner"), ("x-forwarded-host", "evil.net, a.net")], "a.net"),
        ("10.0.0.1", [("host", "inner"), ("forwarded", 'host="a.net:80";for=1.1.1.1')], "a.net:80"),
        ("10.0.0.1", [("host", "inner"), ("forwarded", "host=evil.net,host=a.net")], "a.net"),
        ("8.8.8.8", [("host", "own"), ("x-forwarded-host", "a.net")], "own"),
        ("8.8.8.8", [("host", "own"), ("forwarded", "host=a.net")], "own"),
    ],
)
def test_the_host_that_was_asked_for(peer: str, lines: Lines, host: str) -> None:
    assert TrustedProxies(TRUSTED).host(handshake(peer, lines)) == host


def test_a_unix_socket_is_trusted_only_by_name() -> None:
    lines = [(FOR, "1.1.1.1")]
    assert TrustedProxies(["10.0.0.1"]).client(handshake("", lines)) == ""


def test_without_trusted_proxies_the_server_says_it() -> None:
    """Uvicorn takes X-Forwarded-For from its --forwarded-allow-ips, before the app sees it."""
    assert TrustedProxies([]).client(handshake("203.0.113.7", [(FOR, "1.1.1.1")])) == "203.0.113.7"


@pytest.mark.parametrize("proxy", ["nginx", "10.0.0.0/33", "*", "10.0.0.1:80"])
def test_a_proxy_that_is_no_address_is_an_error(proxy: str) -> None:
    with pytest.raises(ConfigurationError, match="is no IP address or network; write such as"):
        Holdfast(trusted_proxies=[proxy])
    with pytest.raises(ConfigurationError, match="expected a list"):
        Holdfast(trusted_proxies="10.0.0.1")


def test_conn_address() -> None:
    app = FastAPI()
    hf = Holdfast(app, trusted_proxies=["10.0.0.0/8"])

    @hf.websocket("/ws")
    async def handler(conn: Connection[str]) -> None:
        await conn.send(conn.address)

    def address(peer: str, **headers: Any) -> str:
        client = TestClient(app, client=(peer, 1))
        with client.websocket_connect("/ws", headers=headers) as websocket:
            return websocket.receive_text()

    assert address("8.8.8.8") == "8.8.8.8"
    assert address("10.0.0.1", **{FOR: "8.8.8.8"}) == "8.8.8.8"
    assert address("8.8.8.8", **{FOR: "1.1.1.1"}) == "8.8.8.8"
