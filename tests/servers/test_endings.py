"""However a connection ends, nothing of it is left; and its close code says why it ended."""

import itertools
from typing import Any

import pytest
from websockets.asyncio.client import connect

from holdfast.testing import Peer, peer, until
from tests.support.http import get_json, post
from tests.support.servers import Server, Servers

pytestmark = pytest.mark.servers

DEADLINE = 1.0 + 2 * 0.2 + 0.5 + 0.5  # send_timeout, two looks of the watch, grace, clean-up
SLACK = 3.0  # for two busy cores
HANDLERS = {
    "sends only": "/sends/{name}",
    "receives": "/listen/quiet/{name}",
    "sleeps": "/sleeps/quiet/{name}",
}
names = (f"client-{i}" for i in itertools.count())


async def state(server: Server) -> Any:
    return await get_json(server.port, "/state")


async def settled(server: Server) -> int:
    """The descriptors of a server on which nobody is connected."""

    async def idle() -> bool:
        return not (await state(server))["paths"]

    await until(idle, SLACK, "earlier connections are gone")
    return int((await state(server))["descriptors"])


async def nothing_is_left(server: Server, name: str, descriptors: int, within: float) -> None:
    """Handler, registry entry and descriptor are gone; ``on_disconnect`` ran once."""

    async def gone() -> bool:
        now = await state(server)
        open_ = [path for path in now["paths"] if path.endswith(name)]
        over = not open_ and name not in now["running"] and now["disconnected"].get(name) == 1
        return over and now["descriptors"] <= descriptors

    try:
        await until(gone, within)
    except AssertionError:
        now = await state(server)
        now["disconnected"] = now["disconnected"].get(name)
        raise AssertionError(f"{name}, {descriptors} descriptors before: {now}") from None


@pytest.mark.parametrize("way", ["reset", "vanish"])
@pytest.mark.parametrize("handler", HANDLERS)
async def test_a_client_that_vanishes_leaves_nothing(
    server: Server, handler: str, way: str
) -> None:
    name, descriptors = next(names), await settled(server)
    async with peer(server.port, HANDLERS[handler].format(name=name)) as client:
        await until(lambda: is_running(server, name))
        getattr(client, way)()
        await nothing_is_left(server, name, descriptors, DEADLINE + SLACK)


@pytest.mark.parametrize(
    "path", ["/sends/{name}?size=65536", "/listen/skip.full/{name}", "/sleeps/skip.full/{name}"]
)
async def test_a_stalled_client_is_aborted_and_leaves_nothing(server: Server, path: str) -> None:
    name, descriptors = next(names), await settled(server)
    async with peer(server.port, path.format(name=name)) as client:
        client.stall()
        if "full" in path:
            await post(server.port, "/publish/skip.full?count=3000&size=4096")
        await nothing_is_left(server, name, descriptors, DEADLINE + SLACK + 2)  # 4 MB fit first
        assert (await state(server))["codes"][name] == 3008
        client.transport.resume_reading()
        assert await client.end() is None


async def test_a_client_that_closes_properly_is_answered(server: Server) -> None:
    name, descriptors = next(names), await settled(server)
    async with peer(server.port, f"/listen/quiet/{name}") as client:
        client.close(4001)
        assert await client.end() == (1000 if server.kind == "daphne" else 4001)
        await nothing_is_left(server, name, descriptors, DEADLINE + SLACK)
        # Hypercorn does not tell the application which code the client sent.
        code = 1006 if server.kind == "hypercorn" else 4001
        assert (await state(server))["codes"][name] == code


async def test_a_handler_that_returns_closes_with_1000(server: Server) -> None:
    async with peer(server.port, "/returns") as client:
        assert await client.end() == 1000
        assert client.messages == 1


async def test_a_handler_that_fails_closes_with_1011(server: Server) -> None:
    async with peer(server.port, "/raises") as client:
        # Daphne can send no 1011; 3004 says the same.
        assert await client.end() == (3004 if server.kind == "daphne" else 1011)


async def test_disconnecting_a_user_closes_with_the_code(server: Server) -> None:
    name, descriptors = next(names), await settled(server)
    path = f"/listen/quiet/{name}"
    async with peer(server.port, path) as first, peer(server.port, path) as second:
        answer = await post(server.port, f"/disconnect/{name}?code=4321&reason=bye")
        assert answer == {"closed": 2}
        assert [await first.end(), await second.end()] == [4321, 4321]
        assert first.reason == ("" if server.kind == "daphne" else "bye")

    async def gone() -> bool:
        now = await state(server)
        return now["descriptors"] <= descriptors and name not in now["running"]

    await until(gone, DEADLINE + SLACK)


async def test_a_stalled_client_can_be_disconnected(server: Server) -> None:
    """Its socket is ended although it never reads the close frame."""
    name, descriptors = next(names), await settled(server)
    handshake = 10.0 if server.kind.startswith("uvicorn") else 0.0  # a constant of uvicorn's
    async with peer(server.port, f"/listen/skip.some/{name}", receive_buffer=8192) as client:
        client.stall()
        await post(server.port, "/publish/skip.some?count=150&size=4096")
        await post(server.port, f"/disconnect/{name}?code=4321&reason=bye")
        await nothing_is_left(server, name, descriptors, DEADLINE + handshake + SLACK)


@pytest.mark.parametrize("kind", ["holdfast", "uvicorn-sansio", "uvicorn-wsproto"])
async def test_a_close_frame_that_cannot_be_written_is_not_waited_for(
    servers: Servers, kind: str
) -> None:
    """Uvicorn's transport would wait without end, although nothing was ever paused."""
    server = servers(kind, "tests.servers.apps:quick")
    name, descriptors = next(names), await settled(server)
    async with peer(server.port, f"/fills/{name}", receive_buffer=8192) as client:
        client.stall()

        async def is_full() -> bool:
            return name in (await state(server))["full"]

        await until(is_full, 10)
        await post(server.port, f"/disconnect/{name}?code=4321&reason=bye")
        await nothing_is_left(server, name, descriptors, DEADLINE + SLACK)


async def test_the_fifth_bad_message_in_a_row_closes_with_3509(server: Server) -> None:
    answers: list[bytes] = []
    client = await Peer.connect(server.port, "/numbers", on_message=answers.append)
    for text in ("1", "one", "two", "three", "four", "2", "a", "b", "c", "d", "e"):
        client.send_text(text)
    assert await client.end() == 3509
    assert [answers[0], answers[5]] == [b"2", b"3"]
    assert len(answers) == 11
    assert all(b'"holdfast":"error"' in answer for answer in answers[1:5] + answers[6:])


@pytest.mark.parametrize(("code", "length"), [(1000, 0), (3000, 123), (4999, 123)])
async def test_a_handler_closes_with_any_code_and_reason_that_is_allowed(
    server: Server, code: int, length: int
) -> None:
    async with peer(server.port, f"/closes?code={code}&length={length}") as client:
        assert await client.end() == code
        assert client.reason == ("" if server.kind == "daphne" else "r" * length)


@pytest.mark.parametrize(("code", "length"), [(1006, 0), (5000, 0), (3000, 124)])
async def test_a_close_that_is_not_allowed_is_a_value_error(
    server: Server, code: int, length: int
) -> None:
    uri = f"ws://127.0.0.1:{server.port}/closes?code={code}&length={length}"
    async with connect(uri, proxy=None) as ws:
        text = str(await ws.recv())
    assert "123 bytes" in text or "no close code" in text


async def is_running(server: Server, name: str) -> bool:
    return name in (await state(server))["running"]
