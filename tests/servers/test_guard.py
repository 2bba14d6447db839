"""Unchanged FastAPI code under ``HoldfastGuard``, on every server."""

import asyncio
import itertools
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from holdfast.testing import Peer, peer, until
from tests.support.http import get_json
from tests.support.servers import MOST_KINDS, STOCK, Server, Servers

pytestmark = [pytest.mark.servers, pytest.mark.newest]

APP = "tests.servers.guard_apps:app"
BARE = "tests.servers.guard_apps:bare"
SLACK = 5.0  # grace, clean-up and two busy cores
names = (f"guest-{i}" for i in itertools.count())


@pytest.fixture(params=MOST_KINDS)
def server(request: pytest.FixtureRequest, servers: Servers) -> Server:
    return servers(request.param, APP)


async def state(server: Server) -> Any:
    return await get_json(server.port, "/state")


async def ended(server: Server, name: str, within: float = SLACK) -> list[str]:
    async def over() -> bool:
        return name in (await state(server))["ended"]

    await until(over, within, f"the handler of {name} is over")
    return list((await state(server))["ended"][name])


def sent_by(server: Server, code: int) -> int:
    """Daphne can send none of these; the others say the same."""
    instead = {1008: 3507, 1011: 3004, 1013: 3011} if server.kind == "daphne" else {}
    return instead.get(code, code)


@pytest.mark.parametrize(
    ("path", "how"),
    [
        ("/sends", {"WebSocketDisconnect"}),
        ("/sleeps", {"CancelledError"}),
        ("/siblings", {"WebSocketDisconnect"}),
    ],
)
@pytest.mark.parametrize("end", ["close", "vanish", "reset"])
async def test_a_handler_ends_with_its_client(
    server: Server, path: str, how: set[str], end: str
) -> None:
    name = next(names)
    client = await Peer.connect(server.port, f"{path}/{name}")
    getattr(client, end)()
    assert set(await ended(server, name)) == how
    if path == "/siblings":
        assert await ended(server, f"{name}-push") == ["CancelledError"]
    client.transport.abort()


async def test_a_marked_handler_works_on(server: Server) -> None:
    name = next(names)
    async with peer(server.port, f"/works/{name}"):
        pass
    assert await ended(server, name, within=10) == ["returned"]


async def test_a_handler_that_ignores_its_cancellation_is_cancelled_again(server: Server) -> None:
    name = next(names)
    async with peer(server.port, f"/swallows/{name}"):
        pass
    assert await ended(server, name) == ["returned"]
    assert (await state(server))["rescues"]["/swallows/{name} (swallows): ignored cancellation"]


async def test_a_stuck_client_is_aborted_and_its_handler_told(server: Server) -> None:
    name = next(names)
    async with peer(server.port, f"/floods/{name}") as client:
        client.stall()
        assert await ended(server, name, within=12) == ["WebSocketDisconnect"]
    found = await state(server)
    assert any("floods" in key and "stuck send" in key for key in found["rescues"])
    assert any("body" in line for line in found["where"]["stuck send"])


async def test_every_end_has_its_close_code(server: Server) -> None:
    for path, code in (("/returns", 1000), ("/fails", 1011)):
        async with peer(server.port, f"{path}/{next(names)}") as client:
            assert await client.end() == sent_by(server, code)


@pytest.mark.parametrize(
    ("asked", "code", "reason"),
    [
        ("4001 as asked", 4001, "as asked"),
        ("1008 policy", 1008, "policy"),
        ("1013 later", 1013, "later"),
        ("1006 not allowed", 1011, "not allowed"),
        ("4002 " + "ä" * 200, 4002, "ä" * 61),
    ],
)
async def test_a_close_frame_is_valid(server: Server, asked: str, code: int, reason: str) -> None:
    async with connect(f"ws://127.0.0.1:{server.port}/closes/x") as client:
        await client.send(asked)
        with pytest.raises(ConnectionClosed) as caught:
            await client.recv()
    assert caught.value.rcvd
    assert caught.value.rcvd.code == sent_by(server, code)
    if server.kind != "daphne":  # sends no reasons
        assert caught.value.rcvd.reason == reason


async def test_a_handler_that_never_accepts_refuses(server: Server) -> None:
    with pytest.raises(InvalidStatus) as caught:
        async with connect(f"ws://127.0.0.1:{server.port}/never-accepts/x", open_timeout=5):
            pass
    assert caught.value.response.status_code == 403


async def test_gone_is_one_exception(server: Server) -> None:
    name = next(names)
    client = await Peer.connect(server.port, f"/sends-twice/{name}")
    client.close()
    await until(lambda: client.ended.is_set())

    async def both() -> bool:
        return len((await state(server))["ended"].get(name, [])) == 2

    await until(both)
    assert (await state(server))["ended"][name] == ["WebSocketDisconnect", "WebSocketDisconnect"]


async def test_nothing_is_left_of_anybody(server: Server) -> None:
    """After all of the above: no guarded connection, and the tasks of an idle server."""

    async def idle() -> bool:
        found = await state(server)
        return found["guarded"] == 0 and found["tasks"] <= 8

    await until(idle, 15, "only the server's own tasks are left")


async def test_the_tutorial_chat_survives_a_stuck_client_and_a_binary_frame(server: Server) -> None:
    url = f"ws://127.0.0.1:{server.port}/chat"
    stuck = await Peer.connect(server.port, "/chat/stuck", receive_buffer=4096)
    everyone = [connect(f"{url}/{name}") for name in ("clumsy", "anna", "ben")]
    async with everyone[0] as clumsy, everyone[1] as anna, everyone[2] as ben:
        stuck.stall()
        await clumsy.send(b"\x00binary")  # the tutorial's handler dies of it
        big = "x" * 200_000
        texts = [f"{i} {big}" for i in range(30)]  # more than the kernel takes for one
        for text in texts:
            await anna.send(text)
        async with asyncio.timeout(30):
            got = await asyncio.gather(*(numbers(client, 29) for client in (ben, anna)))
        # The tutorial changes its list while it goes through it, and then skips somebody: at most
        # one message to one client, when the stuck one leaves.
        assert all([n for n in range(30) if n in seen] == seen for seen in got)
    stuck.transport.abort()

    async def empty() -> bool:
        return (await state(server))["guarded"] == 0

    await until(empty, 10)


@pytest.mark.parametrize(
    ("kind", "app"), [*((kind, BARE) for kind in MOST_KINDS), ("holdfast", APP), (STOCK, APP)]
)
async def test_with_the_import_changed_nobody_waits(kind: str, app: str, servers: Servers) -> None:
    server = servers(kind, app)
    url = f"ws://127.0.0.1:{server.port}/compat"
    stuck = await Peer.connect(server.port, "/compat/stuck", receive_buffer=4096)
    everyone = [connect(f"{url}/{name}") for name in ("clumsy", "anna", "ben")]
    async with everyone[0] as clumsy, everyone[1] as anna, everyone[2] as ben:
        stuck.stall()
        await clumsy.send(b"\x00binary")
        texts = [f"{i} {'x' * 50_000}" for i in range(100)]
        sending = asyncio.gather(*(anna.send(text) for text in texts))
        # Less than the deadline for a client that takes nothing, which is 5 s.
        async with asyncio.timeout(4):
            got = await asyncio.gather(*(numbers(client, 100) for client in (ben, anna)))
        assert got == [list(range(100))] * 2
        await sending

        async def only_two() -> bool:
            return (await state(server))["compat"] == 2

        await until(only_two, 15, "the stuck one and the clumsy one have left by themselves")
    stuck.transport.abort()


async def numbers(client: Any, count: int) -> list[int]:
    """Of so many messages that nobody's leaving made."""
    found: list[int] = []
    while len(found) < count:
        text = str(await client.recv())
        if not text.endswith(" left"):
            found.append(int(text.split()[1]))
    return found
