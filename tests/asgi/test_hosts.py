"""Which hosts the server answers to, and pages whose name was made to point here."""

import logging
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from holdfast import ConfigurationError, Connection, Holdfast
from holdfast.asgi.addresses import Handshake
from holdfast.asgi.hosts import Hosts, rebound
from holdfast.testing import serve
from tests.asgi.test_limits import client, refusal
from tests.support.http import request

EVIL = {"host": "evil.example.net:8000", "origin": "http://evil.example.net:8000"}


@pytest.mark.parametrize(
    ("allowed", "host", "answers"),
    [
        (["example.com"], "example.com", True),
        (["example.com"], "EXAMPLE.com:8443", True),
        (["example.com"], "example.com.", True),
        (["Example.COM."], "example.com", True),
        (["example.com"], "www.example.com", False),
        (["example.com"], "example.com.evil.net", False),
        (["*.example.com"], "a.b.example.com:80", True),
        (["*.example.com"], "example.com", False),
        (["*.example.com"], "evilexample.com", False),
        (["*.example.com"], ".example.com", False),
        (["localhost", "127.0.0.1"], "127.0.0.1:8000", True),
        (["::1"], "[::1]:8000", True),
        (["[::1]"], "[::1]", True),
        (["münchen.de"], "xn--mnchen-3ya.de", True),
        (["example.com"], "", False),
        (["example.com"], "[broken", False),
        (["example.com"], "user@example.com", False),
        ([], "anything", True),
    ],
)
def test_which_hosts_are_answered(allowed: list[str], host: str, answers: bool) -> None:
    assert Hosts(allowed).allows(host) is answers


@pytest.mark.parametrize(
    "host",
    ["", "https://example.com", "example.com:80", "a.*.com", "*example.com", "**.com", "a b"],
)
def test_a_host_that_nothing_could_match_is_an_error(host: str) -> None:
    with pytest.raises(ConfigurationError, match=r"is no host name: expected one without scheme"):
        Holdfast(hosts=[host])


def test_all_hosts_is_said_by_leaving_it_out() -> None:
    with pytest.raises(ConfigurationError, match="leave hosts out"):
        Holdfast(hosts=["*"])
    with pytest.raises(ConfigurationError, match="expected a list"):
        Holdfast(hosts="example.com")


def app_with(**options: Any) -> FastAPI:
    app = FastAPI()
    hf = Holdfast(app, **options)

    @hf.stream("/ws", every=60)
    async def stream() -> int:
        return 1

    @hf.websocket("/chat")
    async def chat(conn: Connection[str]) -> None:
        await conn.send(conn.http.headers["host"])

    return app


def test_an_unknown_host_is_refused_with_421(caplog: pytest.LogCaptureFixture) -> None:
    app = app_with(hosts=["example.com"])
    with caplog.at_level(logging.WARNING, "holdfast"):
        for headers in ({"host": "evil.net"}, {"host": "evil.net", "origin": "http://evil.net"}):
            with (
                pytest.raises(WebSocketDisconnect) as refused,
                TestClient(app).websocket_connect("/chat", headers=headers),
            ):
                pass
            assert refused.value.status_code == 421  # type: ignore[attr-defined]
    assert caplog.messages[0] == (
        'refused Host evil.net on /chat (it is not in hosts): add hosts=["evil.net"]'
    )
    events = {"accept": "text/event-stream", "host": "evil.net"}
    answer = TestClient(app).get("/ws", headers=events)
    assert (answer.status_code, answer.json()) == (
        421,
        {"detail": "this server does not answer to evil.net"},
    )
    with TestClient(app).websocket_connect("/chat", headers={"host": "example.com"}) as websocket:
        assert websocket.receive_text() == "example.com"


def test_the_forwarded_host_is_the_one_that_counts() -> None:
    app = app_with(hosts=["example.com"], trusted_proxies=["10.0.0.1"])
    headers = {"host": "inner", "x-forwarded-host": "example.com"}
    proxied = TestClient(app, client=("10.0.0.1", 1))
    with proxied.websocket_connect("/chat", headers=headers) as websocket:
        assert websocket.receive_text() == "inner"
    with pytest.raises(WebSocketDisconnect), TestClient(app).websocket_connect("/chat", headers):
        pass


# -- names that point here -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("local", "origin", "host", "more", "looks_so"),
    [
        ("127.0.0.1", "http://evil.net:80", "evil.net", {}, True),
        ("::1", "http://evil.net", "evil.net", {}, True),
        ("::ffff:127.0.0.1", "http://evil.net", "evil.net", {}, True),
        # an https page's name was proven, and behind a TLS proxy there is no other
        ("127.0.0.1", "https://app.net", "app.net", {}, False),
        # a page cannot set these
        ("127.0.0.1", "http://app.net", "app.net", {"x-forwarded-for": "1.1.1.1"}, False),
        ("127.0.0.1", "http://app.net", "app.net", {"via": "1.1 proxy"}, False),
        # names that nobody can register
        ("127.0.0.1", "http://localhost:80", "localhost:80", {}, False),
        ("127.0.0.1", "http://app.localhost", "app.localhost", {}, False),
        ("127.0.0.1", "http://app.test", "app.test", {}, False),
        ("127.0.0.1", "http://nas.local", "nas.local", {}, False),
        ("127.0.0.1", "http://intranet", "intranet", {}, False),
        ("127.0.0.1", "http://127.0.0.1:1", "127.0.0.1:1", {}, False),
        ("127.0.0.1", "http://[::1]:1", "[::1]:1", {}, False),
        # not over loopback
        ("10.0.0.5", "http://app.net", "app.net", {}, False),
        ("testserver", "http://app.net", "app.net", {}, False),
        ("", "http://app.net", "app.net", {}, False),
    ],
)
def test_what_looks_like_a_name_that_was_made_to_point_here(
    local: str, origin: str, host: str, more: dict[str, str], looks_so: bool
) -> None:
    headers = [(name.encode(), value.encode()) for name, value in more.items()]
    scope = {"type": "websocket", "path": "/", "headers": headers, "server": (local, 80)}
    assert rebound(Handshake(scope, None), origin, host) is looks_so


@pytest.mark.parametrize(
    ("options", "status"),
    [
        ({}, 421),
        ({"hosts": ["localhost"]}, 421),
        ({"hosts": ["*.example.net"]}, 101),
        ({"origins": ["http://*.example.net:8000"]}, 101),
        ({"origins": ["*"]}, 101),
    ],
)
async def test_over_loopback_such_a_page_is_refused(options: dict[str, Any], status: int) -> None:
    """Origin and Host agree: to the browser, and to the Origin check, it is the same origin."""
    async with serve(app_with(**options)) as server:
        if status == 101:
            async with client(server.port, "/chat", **EVIL) as websocket:
                assert await websocket.recv() == EVIL["host"]
        else:
            assert (await refusal(server.port, "/chat", **EVIL))[0] == status
            events = {"accept": "text/event-stream", "Host": EVIL["host"], "Origin": EVIL["origin"]}
            assert (await request("GET", server.port, "/ws", headers=events)).status == status


async def test_the_refusal_names_the_cure(caplog: pytest.LogCaptureFixture) -> None:
    async with serve(app_with()) as server:
        await refusal(server.port, "/chat", host="dev.example.net", origin="http://dev.example.net")
    assert caplog.messages[0] == (
        "refused Host dev.example.net on /chat (over loopback and without a proxy's headers, "
        'so its name may only point here): add hosts=["dev.example.net"]'
    )


async def test_behind_a_proxy_and_from_programs_nothing_changes() -> None:
    page = {"host": "app.net", "origin": "http://app.net"}
    async with serve(app_with()) as server:
        for own in (
            {"host": f"127.0.0.1:{server.port}", "origin": f"http://127.0.0.1:{server.port}"},
            {"host": f"localhost:{server.port}", "origin": f"http://localhost:{server.port}"},
            {"host": "app.net"},
            {"host": "app.net", "origin": "https://app.net"},
            {**page, "additional_headers": {"x-forwarded-for": "1.1.1.1"}},
        ):
            async with client(server.port, "/chat", **own) as websocket:  # type: ignore[arg-type]
                assert await websocket.recv() == own["host"]
