"""ASGI's messages: as uvicorn's websockets-sansio has them, or stricter where a test says so.

https://asgi.readthedocs.io/en/latest/specs/www.html#websocket
"""

import asyncio
import logging
from typing import Any

import pytest
from fastapi import FastAPI, WebSocket, WebSocketDisconnect

from holdfast.testing import HandshakeRefused, opening_request, until
from holdfast.testing.frames import CLOSE, frame
from tests.server.support import (
    BOTH,
    OURS,
    STOCK,
    Receive,
    Scope,
    Send,
    accepted,
    echo,
    serving,
)

pytestmark = pytest.mark.newest

# How a connection ends whose application returns: stock hangs up without a close frame.
RETURNED = {OURS: 1000, STOCK: None}


def errors(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [r.getMessage().strip() for r in caplog.records if r.levelno >= logging.ERROR]


async def refused(site: Any, path: str = "/", **options: Any) -> Any:
    """The answer to a handshake that is not let in."""
    with pytest.raises(HandshakeRefused) as caught:
        await site.connect(path, **options)
    return caught.value.answer


# -- the handshake ---------------------------------------------------------------------------------


@BOTH
async def test_accept_with_headers_and_a_subprotocol(ws: str) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        assert scope["subprotocols"] == ["soap", "chat"]
        headers = [(b"x-one", b"1"), (b"X-Two", b"caf\xe9"), (b"set-cookie", b"a=b")]
        await accepted(receive, send, subprotocol="chat", headers=headers)

    async with serving(app, ws=ws, headers=[("x-default", "yes")]) as site:
        client = await site.connect("/", subprotocols=["soap", "chat"])
        assert client.answer is not None
        answered = client.answer.headers
        assert answered["sec-websocket-protocol"] == "chat"
        assert (answered["x-one"], answered["set-cookie"]) == ("1", "a=b")
        assert (answered["x-two"], answered["x-default"]) == ("café", "yes")
        assert (answered["server"], "date" in answered) == ("uvicorn", True)
        assert await client.end() == RETURNED[ws]


@BOTH
async def test_without_an_accept_header_or_subprotocol_none_is_sent(ws: str) -> None:
    async with serving(echo, ws=ws, server_header=False, date_header=False) as site:
        client = await site.connect("/", subprotocols=["chat"])
        assert client.answer is not None
        known = {"upgrade", "connection", "sec-websocket-accept"}
        assert set(client.answer.headers) == known


@BOTH
async def test_a_close_before_accept_is_a_403(ws: str, seen: list[Any]) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "websocket.close", "code": 4000})
        seen.append(await receive())

    async with serving(app, ws=ws) as site:
        answer = await refused(site)
        assert (answer.status, answer.body) == (403, b"")
        await until(lambda: seen)
        assert (seen[0]["type"], seen[0]["code"]) == ("websocket.disconnect", 1006)
        await until(site.idle)


@BOTH
async def test_a_denial_response_in_several_bodies(ws: str, seen: list[Any]) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        assert "websocket.http.response" in scope["extensions"]
        await receive()
        headers = [(b"content-type", b"text/html"), (b"x-why", b"because"), (b"set-cookie", b"a=1")]
        start = {"type": "websocket.http.response.start", "status": 418, "headers": headers}
        await send(start)
        body = {"type": "websocket.http.response.body"}
        await send({**body, "body": b"<p>", "more_body": True})
        await send({**body, "body": b"tea", "more_body": True})
        await send({**body, "body": b"</p>"})
        seen.append(await receive())

    async with serving(app, ws=ws) as site:
        answer = await refused(site)
        assert (answer.status, answer.body) == (418, b"<p>tea</p>")
        assert answer.headers["content-type"] == "text/html"
        assert (answer.headers["x-why"], answer.headers["set-cookie"]) == ("because", "a=1")
        assert answer.headers["content-length"] == "10"
        await until(lambda: seen)
        assert seen[0]["code"] == 1006
        await until(site.idle)


@BOTH
async def test_what_follows_a_denial_raises(ws: str, seen: list[Any]) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "websocket.http.response.start", "status": 401, "headers": []})
        for kind in ("websocket.accept", "websocket.send", "websocket.http.response.start"):
            with pytest.raises(RuntimeError):
                await send({"type": kind, "status": 200, "text": ""})
        await send({"type": "websocket.http.response.body", "body": b""})
        with pytest.raises(RuntimeError if ws == OURS else Exception):
            await send({"type": "websocket.http.response.body", "body": b""})
        seen.append("over")

    async with serving(app, ws=ws) as site:
        assert (await refused(site)).status == 401
        await until(lambda: seen)


async def test_a_denial_that_is_never_finished_is_a_500() -> None:
    """Stock hangs up without a word."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "websocket.http.response.start", "status": 401, "headers": []})

    async with serving(app) as site:
        assert (await refused(site)).status == 500
        await until(site.idle)


@BOTH
async def test_an_application_that_returns_without_an_answer(
    ws: str, caplog: pytest.LogCaptureFixture
) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()

    async with serving(app, ws=ws) as site:
        answer = await refused(site)
        assert (answer.status, answer.body) == (500, b"Internal Server Error")
        await until(site.idle)
    assert errors(caplog) == ["ASGI callable returned without completing handshake."]


@BOTH
async def test_an_application_that_raises_before_accept(
    ws: str, caplog: pytest.LogCaptureFixture
) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        raise ValueError("before")

    async with serving(app, ws=ws) as site:
        answer = await refused(site)
        assert (answer.status, answer.body) == (500, b"Internal Server Error")
        await until(site.idle)
    assert errors(caplog) == ["Exception in ASGI application"]


@pytest.mark.parametrize(
    "message",
    [
        {"type": "websocket.send", "text": "early"},
        {"type": "websocket.http.response.body", "body": b""},
        {"type": "websocket.http.response.start", "status": 99, "headers": []},
        {"type": "nothing of the sort"},
    ],
    ids=lambda message: message["type"],
)
@BOTH
async def test_what_cannot_be_sent_before_accept(
    ws: str, message: dict[str, Any], seen: list[Any]
) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        with pytest.raises(RuntimeError):
            await send(message)
        seen.append("raised")
        await send({"type": "websocket.accept"})

    async with serving(app, ws=ws) as site:
        client = await site.connect("/")
        assert seen == ["raised"]
        await client.end()


@pytest.mark.parametrize(
    "options",
    [
        {"headers": [(b"x", b"a\r\nset-cookie: b")]},
        {"headers": [(b"x y", b"a")]},
        {"headers": [(b"upgrade", b"h2c")]},
        {"subprotocol": "a, b"},
    ],
    ids=lambda options: str(options)[:30],
)
async def test_an_accept_that_cannot_be_sent_raises(
    options: dict[str, Any], seen: list[Any]
) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        with pytest.raises(ValueError):
            await send({"type": "websocket.accept", **options})
        seen.append("raised")
        await send({"type": "websocket.accept"})

    async with serving(app) as site:
        client = await site.connect("/")
        assert seen == ["raised"]
        await client.end()


# -- the scope -------------------------------------------------------------------------------------


class Scopes:
    """Keeps what it is called with."""

    def __init__(self) -> None:
        self.scope: dict[str, Any] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.scope = scope
        await accepted(receive, send)


async def scope_of(ws: str, path: str, options: dict[str, Any], **request: Any) -> dict[str, Any]:
    app = Scopes()
    async with serving(app, ws=ws, **options) as site:
        client = await site.connect(path, **request)
        app.scope["port"] = site.server.port
        app.scope["from"] = client.address
        await client.end()
    return app.scope


PATHS = [
    ("/a/b", "/a/b", b"/a/b", b""),
    ("/a?x=1&y=%20?z", "/a", b"/a", b"x=1&y=%20?z"),
    ("/caf%C3%A9%2Fx?q=%C3%A9", "/café/x", b"/caf%C3%A9%2Fx", b"q=%C3%A9"),
    ("/%E2%82%ac/%ff", "/€/\ufffd", b"/%E2%82%ac/%ff", b""),
    ("/a//b/../c?", "/a//b/../c", b"/a//b/../c", b""),
]


@pytest.mark.parametrize(("target", "path", "raw", "query"), PATHS, ids=[p[0] for p in PATHS])
@BOTH
async def test_path_and_query(ws: str, target: str, path: str, raw: bytes, query: bytes) -> None:
    scope = await scope_of(ws, target, {})
    assert (scope["path"], scope["raw_path"], scope["query_string"]) == (path, raw, query)


@BOTH
async def test_root_path_comes_first(ws: str) -> None:
    scope = await scope_of(ws, "/x?a=b", {"root_path": "/api/v1"})
    assert (scope["path"], scope["root_path"]) == ("/api/v1/x", "/api/v1")
    assert scope["raw_path"] == b"/api/v1/x"


@pytest.mark.parametrize("http", ["h11", "httptools"])
async def test_a_target_that_is_not_ascii_harms_nobody(http: str) -> None:
    """RFC 9112 section 3.2 allows none; uvicorn's HTTP protocols let it through, or refuse it."""
    async with serving(echo, http=http) as site:
        client = await site.dial()
        client.write(opening_request("/caf\xe9?\xe9"))
        await until(lambda: client.answer is not None or client.ended.is_set())
        if client.answer is not None:
            assert client.answer.status in (101, 400)
        client.transport.abort()
        await until(site.idle)
        client = await site.connect("/")
        client.close()
        assert await client.end() == 1000


@BOTH
async def test_headers_as_they_came(ws: str) -> None:
    sent = {"X-Latin": "caf\xe9 \xff", "X-Empty": "", "COOKIE": "a=b; c=d"}
    scope = await scope_of(ws, "/", {}, headers=sent, origin="http://x")
    headers = scope["headers"]
    assert all(type(part) is bytes for header in headers for part in header)
    found = dict(headers)
    assert (found[b"x-latin"], found[b"x-empty"]) == (b"caf\xe9 \xff", b"")
    assert (found[b"cookie"], found[b"origin"]) == (b"a=b; c=d", b"http://x")
    assert found[b"sec-websocket-version"] == b"13"
    assert all(name == name.lower() for name, _ in headers)


@BOTH
async def test_a_header_that_comes_twice_stays_two(ws: str) -> None:
    app = Scopes()
    async with serving(app, ws=ws) as site:
        client = await site.dial()
        request = opening_request("/", subprotocols=["a", "b"])
        more = b"\r\nX-Twice: 1\r\nX-Twice: 2\r\nSec-WebSocket-Protocol: c\r\n\r\n"
        client.write(request[:-4] + more)
        assert await client.end() == RETURNED[ws]
        values = [value for name, value in app.scope["headers"] if name == b"x-twice"]
        assert values == [b"1", b"2"]
        assert app.scope["subprotocols"] == ["a", "b", "c"]


@BOTH
async def test_addresses_and_the_rest(ws: str) -> None:
    scope = await scope_of(ws, "/", {})
    assert (scope["type"], scope["scheme"], scope["http_version"]) == ("websocket", "ws", "1.1")
    assert scope["server"] == ("127.0.0.1", scope["port"])
    assert tuple(scope["client"]) == scope["from"]
    assert scope["asgi"]["spec_version"] == "2.4"
    assert scope["subprotocols"] == []
    assert scope["state"] == {}


@pytest.mark.parametrize(("trusted", "client"), [("127.0.0.1", "203.0.113.7"), ("10.0.0.1", None)])
@BOTH
async def test_proxy_headers_count_from_trusted_proxies(
    ws: str, trusted: str, client: str | None
) -> None:
    headers = {"X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "https"}
    scope = await scope_of(ws, "/", {"forwarded_allow_ips": trusted}, headers=headers)
    assert scope["client"][0] == (client or "127.0.0.1")
    assert scope["scheme"] == ("wss" if client else "ws")


@BOTH
async def test_lifespan_state_is_copied_into_each_scope(ws: str, seen: list[Any]) -> None:
    shared: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            scope["state"]["shared"] = shared
            for kind in ("startup", "shutdown"):
                await receive()
                await send({"type": f"lifespan.{kind}.complete"})
            return
        seen.append(dict(scope["state"]))
        scope["state"]["own"] = 1
        scope["state"]["shared"].append("x")
        await accepted(receive, send)

    async with serving(app, ws=ws, lifespan="on") as site:
        for _ in range(2):
            await (await site.connect("/")).end()
    assert [set(state) for state in seen] == [{"shared"}, {"shared"}]
    assert shared == ["x", "x"]


# -- messages --------------------------------------------------------------------------------------


@BOTH
async def test_text_and_bytes(ws: str) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await accepted(receive, send)
        for message in ({"text": "t"}, {"bytes": b"b"}, {"text": "", "bytes": None}):
            await send({"type": "websocket.send", **message})
        await send({"type": "websocket.send", "text": None, "bytes": b""})
        message = await receive()
        assert message == {"type": "websocket.receive", "text": "é"}
        message = await receive()
        assert message == {"type": "websocket.receive", "bytes": b"\xff"}

    async with serving(app, ws=ws) as site:
        client = await site.connect("/")
        assert [await client.receive() for _ in range(4)] == ["t", b"b", "", b""]
        client.send_text("é")
        client.send_bytes(b"\xff")
        assert await client.end() == RETURNED[ws]


@BOTH
async def test_fragments_are_one_message(ws: str) -> None:
    async with serving(echo, ws=ws) as site:
        client = await site.connect("/")
        client.write(frame(1, "€".encode()[:1], first=0) + frame(9, b"p"))
        client.write(frame(0, "€".encode()[1:], first=0) + frame(0, b"!"))
        assert await client.receive() == "€!"


@BOTH
async def test_a_message_at_the_limit_passes_and_one_above_closes_with_1009(
    ws: str, seen: list[Any]
) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await accepted(receive, send)
        seen.append(len((await receive())["bytes"]))
        seen.append((await receive())["code"])

    async with serving(app, ws=ws, ws_max_size=5000) as site:
        client = await site.connect("/")
        client.send_bytes(bytes(5000))
        await until(lambda: seen == [5000])
        client.send_bytes(bytes(5001))
        assert await client.end() == 1009
        await until(lambda: seen == [5000, 1009])


@BOTH
async def test_the_limit_counts_a_fragmented_message_as_a_whole(ws: str) -> None:
    async with serving(echo, ws=ws, ws_max_size=5000) as site:
        client = await site.connect("/")
        client.write(frame(2, bytes(3000), first=0) + frame(0, bytes(3000)))
        assert await client.end() == 1009


# -- the end ---------------------------------------------------------------------------------------


class Ends:
    """Notes how it ends, and what ``receive`` says then."""

    def __init__(self, receives: int = 1) -> None:
        self.seen: list[Any] = []
        self._receives = receives

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await accepted(receive, send)
        for _ in range(self._receives):
            message = await receive()
            assert message["type"] == "websocket.disconnect"
            self.seen.append((message["code"], message.get("reason")))


@pytest.mark.parametrize(
    ("payload", "code", "reason"),
    [
        (b"", 1005, ""),
        (b"\x03\xe8", 1000, ""),
        (b"\x03\xe9going", 1001, "going"),
        (b"\x0f\xa0caf\xc3\xa9", 4000, "café"),
    ],
    ids=["no code", "1000", "1001", "4000"],
)
@BOTH
async def test_how_the_client_closed(ws: str, payload: bytes, code: int, reason: str) -> None:
    app = Ends()
    async with serving(app, ws=ws) as site:
        client = await site.connect("/")
        client._closing = True
        client.write(frame(CLOSE, payload))
        assert await client.end() == code
        await until(lambda: app.seen)
        assert app.seen[0][0] == code
        assert (app.seen[0][1] or "") == reason
        await until(site.idle)


@pytest.mark.parametrize("way", ["vanish", "reset"])
async def test_a_client_that_leaves_without_a_close_frame_is_a_1006(way: str) -> None:
    """RFC 6455 section 7.1.5; stock says 1005, which is for a close frame without a code."""
    app = Ends()
    async with serving(app) as site:
        client = await site.connect("/")
        getattr(client, way)()
        await until(lambda: app.seen)
        assert app.seen == [(1006, "")]
        await until(site.idle)


async def test_receive_says_so_as_often_as_it_is_asked() -> None:
    """Stock's waits for ever."""
    app = Ends(receives=3)
    async with serving(app) as site:
        client = await site.connect("/")
        client.close(4000, "bye")
        await client.end()
        await until(lambda: app.seen == [(4000, "bye")] * 3)


@pytest.mark.parametrize(
    ("message", "code", "reason"),
    [
        ({}, 1000, ""),
        ({"code": 1001}, 1001, ""),
        ({"code": 1011, "reason": "oops"}, 1011, "oops"),
        ({"code": 4999, "reason": "é" * 61}, 4999, "é" * 61),
        ({"code": 3000, "reason": None}, 3000, ""),
    ],
    ids=["nothing", "1001", "1011", "4999", "3000"],
)
@BOTH
async def test_how_the_application_closes(
    ws: str, message: dict[str, Any], code: int, reason: str, seen: list[Any]
) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await accepted(receive, send)
        await send({"type": "websocket.close", **message})
        seen.append(await receive())
        with pytest.raises((RuntimeError, OSError)):
            await send({"type": "websocket.send", "text": "late"})
        with pytest.raises((RuntimeError, OSError)):
            await send({"type": "websocket.close"})
        seen.append("over")

    async with serving(app, ws=ws) as site:
        client = await site.connect("/")
        assert (await client.end(), client.reason) == (code, reason)
        await until(lambda: len(seen) == 2)
        assert (seen[0]["type"], seen[0]["code"]) == ("websocket.disconnect", code)
        assert (seen[0]["reason"] or "") == reason
        await until(site.idle)


@pytest.mark.parametrize("code", [0, 999, 1005, 1006, 1015, 5000])
async def test_a_close_code_that_no_frame_may_carry_raises(code: int, seen: list[Any]) -> None:
    """And the connection stays as it is (RFC 6455 section 7.4)."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await accepted(receive, send)
        try:
            await send({"type": "websocket.close", "code": code})
        except ValueError:
            seen.append("raised")
        await send({"type": "websocket.close", "code": 4000})

    async with serving(app) as site:
        client = await site.connect("/")
        end = await client.end()
        assert (seen, end) in ((["raised"], 4000), ([], 1005))


async def test_a_close_reason_that_is_too_long_is_cut_between_characters() -> None:
    """RFC 6455 section 5.5: a control frame carries 125 bytes. Stock raises."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await accepted(receive, send)
        with pytest.raises(ValueError):
            await send({"type": "websocket.send", "text": "\ud800"})
        await send({"type": "websocket.close", "code": 4000, "reason": "é" * 62})

    async with serving(app) as site:
        client = await site.connect("/")
        assert (await client.end(), client.reason) == (4000, "é" * 61)


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
@BOTH
async def test_bytes_of_any_kind(ws: str, kind: Any) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await accepted(receive, send)
        for size in (1, 200, 100_000):
            await send({"type": "websocket.send", "bytes": kind(bytes(size))})

    async with serving(app, ws=ws) as site:
        client = await site.connect("/")
        assert [len(await client.receive()) for _ in range(3)] == [1, 200, 100_000]


@BOTH
async def test_an_application_that_returns_without_closing(ws: str) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await accepted(receive, send)
        await send({"type": "websocket.send", "text": "last"})

    async with serving(app, ws=ws) as site:
        client = await site.connect("/")
        assert await client.receive() == "last"
        assert await client.end() == RETURNED[ws]
        await until(site.idle)


@BOTH
async def test_an_application_that_raises_after_accept(
    ws: str, caplog: pytest.LogCaptureFixture
) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await accepted(receive, send)
        await send({"type": "websocket.send", "text": "last"})
        raise ValueError("after")

    async with serving(app, ws=ws) as site:
        client = await site.connect("/")
        assert await client.receive() == "last"
        assert await client.end() == (1011 if ws == OURS else None)
        await until(site.idle)
    assert errors(caplog) == ["Exception in ASGI application"]


@pytest.mark.parametrize("way", ["vanish", "reset"])
@BOTH
async def test_a_send_to_a_client_that_is_gone_raises_an_oserror(
    ws: str, way: str, caplog: pytest.LogCaptureFixture, seen: list[Any]
) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await accepted(receive, send)
        assert (await receive())["type"] == "websocket.disconnect"
        await asyncio.sleep(0.01)  # pacing
        with pytest.raises(OSError):
            await send({"type": "websocket.send", "text": "late"})
        seen.append("raised")
        await send({"type": "websocket.send", "text": "late"})

    async with serving(app, ws=ws) as site:
        client = await site.connect("/")
        getattr(client, way)()
        await until(lambda: seen)
        await until(site.idle)
    assert not errors(caplog)


@BOTH
async def test_a_loop_of_sends_ends_when_the_client_does(ws: str, seen: list[Any]) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await accepted(receive, send)
        try:
            while True:
                await send({"type": "websocket.send", "text": "tick"})
                await asyncio.sleep(0)
        except OSError:
            seen.append("raised")

    async with serving(app, ws=ws) as site:
        client = await site.connect("/")
        await client.receive()
        client.reset()
        await until(lambda: seen)
        await until(site.idle)


@BOTH
async def test_a_close_after_the_client_has_closed_is_no_error(
    ws: str, app: FastAPI, caplog: pytest.LogCaptureFixture, seen: list[Any]
) -> None:
    """As in many a ``finally`` of an endpoint."""

    @app.websocket("/")
    async def endpoint(websocket: WebSocket) -> None:
        await websocket.accept()
        try:
            await websocket.receive_text()
        except WebSocketDisconnect as gone:
            seen.append(gone.code)
        finally:
            await websocket.close()
            seen.append("closed")

    async with serving(app, ws=ws) as site:
        client = await site.connect("/")
        client.close(4000)
        assert await client.end() == 4000
        await until(lambda: seen == [4000, "closed"])
    assert not errors(caplog)


async def test_a_client_that_does_not_answer_a_close_frame_is_let_go(impatient: None) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await accepted(receive, send)
        await send({"type": "websocket.close", "code": 4000})

    async with serving(app) as site:
        client = await site.connect("/")
        client._closing = True
        await client.end(3)
        assert client.code == 4000
        await until(site.idle)


# -- shutdown --------------------------------------------------------------------------------------


@BOTH
async def test_a_shutdown_closes_with_1012(ws: str) -> None:
    app = Ends()
    async with serving(app, ws=ws) as site:
        client = await site.connect("/")
    assert client.code == 1012
    assert [code for code, _ in app.seen] == [1012]


async def test_a_shutdown_waits_for_what_the_application_does_last(seen: list[Any]) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await accepted(receive, send)
        seen.append((await receive())["code"])
        await asyncio.sleep(0.2)  # pacing
        seen.append("saved")

    async with serving(app) as site:
        await site.connect("/")
    assert seen == [1012, "saved"]


async def test_a_shutdown_cancels_an_application_that_does_not_end(seen: list[Any]) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await accepted(receive, send)
        try:
            await asyncio.Event().wait()
        finally:
            seen.append("cancelled")

    async with serving(app, timeout_graceful_shutdown=0.2) as site:
        client = await site.connect("/")
    assert seen == ["cancelled"]
    assert client.code == 1012


@BOTH
async def test_a_shutdown_during_a_handshake(ws: str, seen: list[Any]) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        seen.append("called")
        message = await receive()
        seen.append((message["type"], message["code"]))

    async with serving(app, ws=ws) as site:
        client = await site.dial()
        client.write(opening_request("/"))
        await until(lambda: seen)
    await client.end()
    assert client.answer is not None
    assert client.answer.status == (503 if ws == OURS else 500)
    assert seen[1][0] == "websocket.disconnect"


async def test_an_accept_after_a_shutdown_raises(seen: list[Any]) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        seen.append("called")
        await go.wait()
        with pytest.raises(OSError):
            await send({"type": "websocket.accept"})
        seen.append("raised")

    go = asyncio.Event()
    async with serving(app) as site:
        client = await site.dial()
        client.write(opening_request("/"))
        await until(lambda: seen)
        client.loop.call_later(0.3, go.set)
    assert seen == ["called", "raised"]
    assert client.answer is not None
    assert client.answer.status == 503


# -- the log ---------------------------------------------------------------------------------------


async def lines(caplog: pytest.LogCaptureFixture, ws: str, path: str, **options: Any) -> list[str]:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        answer: dict[str, Any] = {
            "/in": {"type": "websocket.accept"},
            "/out": {"type": "websocket.close"},
            "/tea": {"type": "websocket.http.response.start", "status": 418, "headers": []},
        }[scope["path"]]
        await send(answer)
        if scope["path"] == "/tea":
            await send({"type": "websocket.http.response.body", "body": b""})

    with caplog.at_level(logging.INFO, "uvicorn.error"):
        async with serving(app, ws=ws, **options) as site:
            client = await site.dial()
            client.write(opening_request(path))
            await client.end()
    return [r.getMessage() for r in caplog.records if "WebSocket" in r.getMessage()]


@pytest.mark.parametrize(
    ("path", "outcome"), [("/in?token=1", "[accepted]"), ("/out", "403"), ("/tea", "418")]
)
@BOTH
async def test_the_access_log(
    ws: str, path: str, outcome: str, caplog: pytest.LogCaptureFixture
) -> None:
    (line,) = await lines(caplog, ws, path)
    address, _, rest = line.partition(" - ")
    assert rest == f'"WebSocket {path}" {outcome}'
    assert address.startswith("127.0.0.1:")


async def test_no_access_log(caplog: pytest.LogCaptureFixture) -> None:
    """Stock writes these lines all the same."""
    assert not await lines(caplog, OURS, "/in?token=1", access_log=False)
    assert await lines(caplog, STOCK, "/in?token=1", access_log=False)
