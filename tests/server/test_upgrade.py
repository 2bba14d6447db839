"""From uvicorn's HTTP protocol to ours: what came before the handshake, and what comes with it."""

import asyncio
from typing import Any

import pytest
from fastapi import FastAPI, WebSocket

from holdfast.testing import opening_request, until
from tests.server.support import OURS, echo, serving

HTTPS = pytest.mark.parametrize("http", ["h11", "httptools"])
GET = b"GET /page HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.fixture
def site_app(app: FastAPI) -> FastAPI:
    """A page, and a WebSocket beside it."""

    @app.get("/page")
    async def page() -> str:
        return "page"

    @app.websocket("/ws")
    async def ws(websocket: WebSocket) -> None:
        await websocket.accept()
        async for text in websocket.iter_text():
            await websocket.send_text(text)

    return app


@HTTPS
async def test_a_handshake_after_a_request_on_the_same_connection(
    site_app: FastAPI, http: str
) -> None:
    async with serving(site_app, http=http) as site:
        client = await site.dial()
        client.write(GET)
        await until(lambda: b'"page"' in client.tape)
        client.answer, client._buffer = None, bytearray()
        client._answered.clear()
        await client.handshake("/ws")
        client.send_text("a")
        assert await client.receive() == "a"
        client.close()
        assert await client.end() == 1000
        await until(site.idle)


@HTTPS
async def test_the_response_before_a_handshake_comes_first(site_app: FastAPI, http: str) -> None:
    """The client reads slowly: when the handshake comes, uvicorn's transport still holds some."""

    @site_app.get("/large")
    async def large() -> str:
        return "x" * 3_000_000

    async with serving(site_app, http=http) as site:
        client = await site.dial(receive_buffer=8192)
        client.stall()
        client.write(GET.replace(b"page", b"large"))
        await asyncio.sleep(0.1)  # pacing: the response is in the transport
        client.write(opening_request("/ws"))
        client.resume()
        await until(lambda: b"101 Switching" in client.tape[2_900_000:])
        body, _, rest = client.tape.partition(b'"HTTP/1.1 101')
        assert body.endswith(b"x" * 3_000_000)
        assert rest
        client.transport.abort()
        await client.end()
        await until(site.idle)


@HTTPS
async def test_a_handshake_in_pieces(http: str) -> None:
    async with serving(echo, http=http) as site:
        client = await site.dial()
        request = opening_request("/", headers={"X-Long": "x" * 10_000})
        for at in range(0, len(request), 1000):
            client.write(request[at : at + 1000])
            await asyncio.sleep(0)
        await until(lambda: client.answer)
        client.send_text("a")
        assert await client.receive() == "a"
        client.close()
        assert await client.end() == 1000


@HTTPS
@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"Sec-WebSocket-Key": "short"}, 400),
        ({"Sec-WebSocket-Key": ""}, 400),
        ({"Sec-WebSocket-Version": "12"}, 426),
    ],
    ids=["short key", "no key", "version"],
)
async def test_a_bad_handshake_is_answered_and_ends(
    http: str, change: dict[str, str], status: int
) -> None:
    called: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        called.append(scope)

    async with serving(app, http=http) as site:
        client = await site.dial()
        client.write(opening_request("/", headers=change))
        await client.end()
        assert client.answer is not None
        assert client.answer.status == status
        assert not called
        await until(site.idle)


@HTTPS
async def test_it_is_our_protocol(site_app: FastAPI, http: str) -> None:
    async with serving(site_app, http=http, ws=OURS) as site:
        client = await site.connect("/ws")
        assert {type(one).__module__ for one in site.state.connections} == {
            "holdfast.server.protocol"
        }
        client.close()
        await client.end()
