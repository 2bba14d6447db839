"""Origins and tokens."""

import logging
from typing import Any

import pytest
from fastapi import Depends, FastAPI, HTTPException
from fastapi.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from holdfast import (
    ConfigurationError,
    Connection,
    CookieToken,
    FirstMessageToken,
    Holdfast,
    SubprotocolToken,
)


def answer(hf_options: dict[str, Any], headers: dict[str, str]) -> int:
    """The status of a handshake with these headers: 101 for accepted."""
    app = FastAPI()
    hf = Holdfast(app, **hf_options)

    @hf.websocket("/ws/chat")
    async def handler(conn: Connection[str]) -> None: ...

    client = TestClient(app, client=("127.0.0.1", 5))
    try:
        with client.websocket_connect("/ws/chat", headers=headers):
            return 101
    except WebSocketDisconnect as refused:
        return int(refused.status_code)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("options", "origin", "host", "status"),
    [
        ({}, None, "localhost:8000", 101),
        ({}, "http://localhost:8000", "localhost:8000", 101),
        ({}, "http://LOCALHOST:8000", "localhost:8000", 101),
        ({}, "http://localhost:5173", "localhost:8000", 403),
        ({}, "https://example.com", "example.com", 101),
        ({}, "https://example.com", "example.com:443", 101),
        ({}, "https://example.com:8443", "example.com", 403),
        ({}, "http://example.com.evil.net", "example.com", 403),
        ({}, "http://evil.net", "example.com", 403),
        ({}, "null", "example.com", 403),
        ({}, "http://user@example.com", "example.com", 403),
        ({}, "http://[broken", "example.com", 403),
        ({"origins": ["http://localhost:5173"]}, "http://localhost:5173", "localhost:8000", 101),
        ({"origins": ["https://app.net"]}, "http://app.net", "api.net", 403),
        ({"origins": ["https://*.app.net"]}, "https://a.b.app.net", "api.net", 101),
        ({"origins": ["https://*.app.net"]}, "https://app.net", "api.net", 403),
        ({"origins": ["https://*.app.net"]}, "https://evilapp.net", "api.net", 403),
        ({"origins": ["*"]}, "null", "api.net", 101),
        ({}, "capacitor://localhost", "localhost", 403),
        ({"origins": ["capacitor://localhost"]}, "capacitor://localhost", "localhost", 101),
        ({}, "http://example.com:0", "example.com", 403),
        ({"origins": ["https://münchen.de:8443"]}, "https://xn--mnchen-3ya.de:8443", "api", 101),
    ],
)
def test_which_pages_may_connect(
    options: dict[str, Any], origin: str | None, host: str, status: int
) -> None:
    headers = {"host": host} | ({"origin": origin} if origin else {})
    assert answer(options, headers) == status


@pytest.mark.parametrize(
    ("proxies", "status"), [(["127.0.0.0/8"], 101), (["10.0.0.1"], 403), ([], 403)]
)
def test_a_forwarded_host_counts_only_from_a_trusted_proxy(proxies: list[str], status: int) -> None:
    headers = {"host": "inner:80", "x-forwarded-host": "app.net", "origin": "https://app.net"}
    assert answer({"trusted_proxies": proxies}, headers) == status


@pytest.mark.parametrize(
    "origin", ["http://[::1", "https://user@example.com", "https://example.com:99999", "//a.com"]
)
def test_an_origin_that_nothing_could_match_is_an_error(origin: str) -> None:
    with pytest.raises(ConfigurationError, match="is no origin"):
        Holdfast(origins=[origin])


@pytest.mark.parametrize(
    "origin",
    ["https://a.*.com", "https://*", "https://*example.com", "https://www.*", "https://*.*.com"],
)
def test_a_wildcard_stands_for_sub_domains_only(origin: str) -> None:
    with pytest.raises(ConfigurationError, match=r"as in https://\*.example.com"):
        Holdfast(origins=[origin])


def test_the_refusal_says_the_cure(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "holdfast"):
        answer({}, {"host": "localhost:8000", "origin": "http://localhost:5173"})
    (record,) = caplog.records
    assert record.getMessage() == (
        "refused Origin http://localhost:5173 on /ws/chat (Host localhost:8000): "
        'add origins=["http://localhost:5173"]'
    )


def test_a_refusal_cannot_forge_log_lines(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "holdfast"):
        answer({}, {"host": "a", "origin": "http://b\x1b[31m"})
    assert caplog.records[0].getMessage().isprintable()


# -- tokens --------------------------------------------------------------------------------------


def token_app(source: Any) -> FastAPI:
    app = FastAPI()
    hf = Holdfast(app)

    async def current_user(token: str = Depends(source)) -> str:
        if token == "late":
            raise HTTPException(403, "not yet")
        if token != "right":
            raise HTTPException(401, "wrong token")
        return "ann"

    @hf.websocket("/ws", user=Depends(current_user))
    async def handler(conn: Connection[str]) -> None:
        await conn.send(f"hello {conn.user}")
        async for text in conn:
            await conn.send(text)

    @hf.stream("/s", every=60, user=Depends(current_user))
    async def stream() -> int:
        return 1

    app.state.hf = hf
    return app


def refused(app: FastAPI, **options: Any) -> int:
    with (
        pytest.raises(WebSocketDisconnect) as caught,
        TestClient(app).websocket_connect("/ws", **options),
    ):
        pass
    return int(caught.value.status_code)  # type: ignore[attr-defined]


def test_a_token_in_a_cookie() -> None:
    app = token_app(CookieToken("session"))
    headers = {"cookie": "session=right"}
    with TestClient(app).websocket_connect("/ws", headers=headers) as client:
        assert client.receive_text() == "hello ann"
    assert refused(app) == 401
    assert refused(app, headers={"cookie": "session=wrong"}) == 401
    events = {"accept": "text/event-stream"}
    assert TestClient(app).get("/s", headers=events).status_code == 401


def test_a_token_in_the_subprotocols() -> None:
    app = token_app(SubprotocolToken())
    with TestClient(app).websocket_connect("/ws", subprotocols=["v1", "bearer", "right"]) as client:
        assert client.accepted_subprotocol == "bearer"
        assert client.receive_text() == "hello ann"
    for offered in (["bearer", "wrong"], ["right", "bearer"], [], ["bearer"]):
        assert refused(app, subprotocols=offered) == 401
    assert TestClient(app).get("/s", headers={"accept": "text/event-stream"}).status_code == 401


def test_a_token_in_the_first_message() -> None:
    app = token_app(FirstMessageToken(deadline=5))
    with TestClient(app).websocket_connect("/ws") as client:
        client.send_text("right")
        client.send_text("next")
        assert [client.receive_text(), client.receive_text()] == ["hello ann", "next"]
    assert app.state.hf.connections == []
    assert TestClient(app).get("/s", headers={"accept": "text/event-stream"}).status_code == 401


@pytest.mark.parametrize(
    ("first", "code"), [("wrong", 3500), ("late", 3507), (b"right", 3501), (None, 3502)]
)
def test_a_bad_first_message_closes(first: str | bytes | None, code: int) -> None:
    app = token_app(FirstMessageToken(deadline=5 if first else 0.05))
    with TestClient(app) as test_client, test_client.websocket_connect("/ws") as client:
        if isinstance(first, bytes):
            client.send_bytes(first)
        elif first:
            client.send_text(first)
        with pytest.raises(WebSocketDisconnect) as closed:
            client.receive_text()
        assert closed.value.code == code
        assert app.state.hf.connections == []


def test_a_client_that_leaves_before_its_token_is_no_error(
    caplog: pytest.LogCaptureFixture,
) -> None:
    app = token_app(FirstMessageToken(deadline=5))
    with TestClient(app).websocket_connect("/ws"):
        pass
    assert app.state.hf.connections == []
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]
