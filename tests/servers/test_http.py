"""What servers do with the HTTP side: refusals, events, and requests that ask for neither."""

import asyncio
import json

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from tests.support.http import Event, events, post, request
from tests.support.servers import Server

pytestmark = pytest.mark.servers


async def test_a_foreign_origin_is_refused_with_the_reason(server: Server) -> None:
    uri, origin = f"ws://127.0.0.1:{server.port}/returns", "http://evil.example"
    with pytest.raises(InvalidStatus) as refused:
        await connect(uri, proxy=None, origin=origin)
    assert refused.value.response.status_code == 403
    if server.kind != "daphne":  # it has no way to send a body
        body = (refused.value.response.body or b"").decode()
        assert "Origin http://evil.example is not allowed" in body
    assert 'add origins=["http://evil.example"]' in server.text


async def test_the_same_origin_and_none_are_allowed(server: Server) -> None:
    uri = f"ws://127.0.0.1:{server.port}/returns"
    for origin in (None, f"http://127.0.0.1:{server.port}"):
        async with connect(uri, proxy=None, origin=origin) as ws:
            assert await ws.recv() == "goodbye"


async def test_a_foreign_origin_gets_no_events(server: Server) -> None:
    headers = {"Accept": "text/event-stream", "Origin": "http://evil.example"}
    answer = await request("GET", server.port, "/feed/kept.origin", headers=headers)
    assert answer.status == 403


@pytest.mark.parametrize("accept", ["text/html", "*/*", ""])
async def test_another_accept_is_told_what_this_path_is(server: Server, accept: str) -> None:
    headers = {"Accept": accept} if accept else {}
    answer = await request("GET", server.port, "/feed/kept.plain", headers=headers)
    assert answer.status == 426
    assert b"text/event-stream" in answer.body


async def test_events_come_as_they_are_published_and_go_on_after_the_last_id(
    server: Server,
) -> None:
    path, publish = "/feed/kept.events", "/publish/kept.events?count=2"
    async with events(server.port, path) as stream:
        await post(server.port, publish)
        first = [await soon(stream), await soon(stream)]
    assert [event.data for event in first] == ["00000000", "00000001"]
    assert first[0].id != first[1].id

    await post(server.port, publish)
    last = {"Last-Event-ID": first[0].id}
    async with events(server.port, path, last) as stream:
        await post(server.port, publish)
        rest = [await soon(stream) for _ in range(5)]
    assert [event.data for event in rest] == ["00000001", *["00000000", "00000001"] * 2]
    assert rest[0] == first[1]


async def test_a_last_id_that_is_not_known_is_answered_with_a_gap(server: Server) -> None:
    path, publish = "/feed/kept.gap", "/publish/kept.gap?count=1"
    await post(server.port, publish)
    async with events(server.port, path, {"Last-Event-ID": "another-7"}) as stream:
        seen = {(await soon(stream)).name, (await soon(stream)).name}
    assert seen == {"gap", ""}


async def test_a_client_of_events_that_vanishes_leaves_nothing(server: Server) -> None:
    async with events(server.port, "/feed/kept.vanish"):
        assert "/feed/kept.vanish" in await paths(server)
    async with asyncio.timeout(20):
        while "/feed/kept.vanish" in await paths(server):
            await asyncio.sleep(0.03)  # polling


async def paths(server: Server) -> list[str]:
    answer = await request("GET", server.port, "/state")
    found: list[str] = json.loads(answer.body)["paths"]
    return found


async def soon(stream: object) -> Event:
    async with asyncio.timeout(20):
        event: Event = await anext(stream)  # type: ignore[call-overload]
        return event
