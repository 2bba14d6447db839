"""Each way in which a peer misbehaves, and what a real uvicorn makes of it."""

import asyncio
import time

import pytest

from holdfast import CloseCode
from holdfast.sockets.kernel import backlog
from holdfast.testing import (
    GARBAGE,
    Cut,
    HandshakeRefused,
    Peer,
    Server,
    TooLate,
    opening_request,
    peer,
    serve,
    until,
    until_sync,
)
from tests.testing.apps import Plain, WithHoldfast

SMALL = {"receive_buffer": 4096, "segment": 536}  # a peer that is full after little


# -- the end of a connection -----------------------------------------------------------------------


async def test_vanishing_and_resetting_reach_the_handler(either: Server, plain: Plain) -> None:
    for misbehave in (Peer.vanish, Peer.reset):
        one = await either.connect("/echo")
        misbehave(one)
        assert await one.end() is None
        await until(lambda: plain.codes)
        assert plain.codes.pop() in (1005, 1006)


async def test_a_server_that_resets_is_seen(quick_server: Server, quick: WithHoldfast) -> None:
    one = await quick_server.connect("/sends", **SMALL)
    one.stall()
    await until(lambda: quick.codes == [CloseCode.SLOW])
    one.resume()
    assert await one.end() is None
    assert isinstance(one.error, ConnectionResetError)
    assert "ended without a close frame" in repr(one)


# -- what no client may send -----------------------------------------------------------------------


ENDLESS = "endless message"


async def garble(server: Server, kind: str, timeout: float = 10) -> int | str | None:
    """How the server ends who sends this; "open" if it does not."""
    async with server.peer("/echo") as one:
        one.garbage(kind)
        try:
            return await one.end(timeout)
        except TooLate:
            return "open"


async def test_garbage_fails_the_connection_with_a_code_that_fits(plain: Plain) -> None:
    async with serve(plain.app) as server:
        ends = await asyncio.gather(*(garble(server, kind) for kind in GARBAGE))
    for (kind, garbage), end in zip(GARBAGE.items(), ends, strict=True):
        assert end in garbage.codes, kind
    assert len(plain.codes) == len(GARBAGE)


async def test_wsproto_says_no_code_and_waits_for_a_message_without_end(plain: Plain) -> None:
    async with serve(plain.app, ws="wsproto") as server:
        closed = GARBAGE.keys() - {ENDLESS}
        ends = await asyncio.gather(*(garble(server, kind) for kind in closed))
        assert set(ends) == {None}
        assert await garble(server, ENDLESS, timeout=0.3) == "open"


async def test_random_garbage_is_the_same_for_the_same_seed(server: Server, plain: Plain) -> None:
    ends = []
    for seed in (1, 1, 2):
        async with server.peer("/echo") as one:
            one.garbage("random", seed)
            ends.append((await one.end(), one.reason))
    assert ends[0] == ends[1]
    with pytest.raises(KeyError):
        one.garbage("no such kind")


# -- reading ---------------------------------------------------------------------------------------


async def test_who_stalls_reads_nothing_until_it_resumes(server: Server) -> None:
    async with server.peer("/flood?count=3000") as one:
        one.stall()
        came = one.messages
        other = await server.connect("/flood?count=300")
        assert await other.end() == 4000
        assert one.messages == came
        one.resume()
        await until(lambda: one.messages > came)


async def test_who_crawls_reads_evenly(plain: Plain) -> None:
    async with (
        serve(plain.app, ws_ping_interval=None) as server,
        server.peer("/flood?count=3000") as one,
    ):
        one.crawl(40_000)
        await until(lambda: one.bytes > 8192)
        start, before = time.monotonic(), one.bytes
        await until(lambda: one.bytes - before > 20_000)
        assert 0.3 < time.monotonic() - start < 8
        one.resume()
        await until(lambda: one.messages == 3000, 5)


async def test_a_stalled_peer_answers_no_ping(server: Server, plain: Plain) -> None:
    one = await server.connect("/echo")
    await until(lambda: one.pings > 1)
    assert not one.ended.is_set()
    one.stall()
    await until(lambda: plain.codes, 5)
    one.resume()
    assert await one.end() in (1011, None)


# -- falling silent --------------------------------------------------------------------------------


async def test_who_is_half_open_acknowledges_nothing_until_it_resumes(plain: Plain) -> None:
    async with serve(plain.app, ws_ping_interval=None) as server, server.peer("/echo") as one:
        (protocol,) = server.uvicorn.server_state.connections
        fd = protocol.transport.get_extra_info("socket").fileno()
        one.send_text("before")
        assert await one.receive() == "before"
        one.half_open()
        one.send_text("meanwhile")
        await protocol.send({"type": "websocket.send", "text": "unheard"})
        with pytest.raises(TooLate):
            await one.receive(timeout=0.4)
        assert backlog(fd) == len("unheard") + 2
        one.resume()
        assert await one.receive() == "unheard"
        assert await one.receive() == "meanwhile"


async def test_a_half_open_peer_is_found_by_pings_alone(server: Server, plain: Plain) -> None:
    async with server.peer("/echo") as one:
        one.half_open()
        await until(lambda: plain.codes, 5)
        assert not one.ended.is_set()


async def test_a_half_open_peer_does_not_keep_a_handler_of_holdfasts(
    quick_server: Server, quick: WithHoldfast
) -> None:
    async with quick_server.peer("/sends") as one:
        await until(lambda: one.messages)
        one.half_open()
        await until(lambda: quick.codes == [CloseCode.SLOW], 5)
        assert not one.ended.is_set()


def test_other_systems_are_told_what_to_use_instead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "darwin")

    async def main() -> None:
        with pytest.raises(NotImplementedError, match="connect through a Cut"):
            Peer().half_open()

    asyncio.run(main())


async def test_a_network_falls_silent_breaks_and_comes_back(server: Server, plain: Plain) -> None:
    with Cut(server.port) as network:
        one = await Peer.connect(network.port, "/echo")
        network.silently()
        one.send_text("held up")
        with pytest.raises(TooLate):
            await one.receive(timeout=0.1)
        network.restore()
        assert await one.receive() == "held up"
        network.hard()
        await one.end()
        await until(lambda: plain.codes)
        with pytest.raises(OSError, match="Connect call failed"):
            await Peer.connect(network.port, "/echo")
        network.restore()
        async with peer(network.port, "/echo") as two:
            two.send_text("again")
            assert await two.receive() == "again"


# -- the handshake ---------------------------------------------------------------------------------


async def test_who_vanishes_during_the_handshake_leaves_nothing(either: Server) -> None:
    request = opening_request("/echo")
    state = either.uvicorn.server_state
    for said in (b"", request[:30], request):
        one = await Peer.dial(either.port)
        one.write(said)
        await until(lambda: state.connections)
        one.vanish()
        await one.end()
        await until(lambda: not state.connections and not state.tasks)


async def test_a_slow_loris_sends_its_handshake_byte_by_byte(server: Server) -> None:
    size = len(opening_request("/echo", f"127.0.0.1:{server.port}"))
    async with asyncio.TaskGroup() as group:
        quick, slow = [await Peer.dial(server.port) for _ in range(2)]
        start = time.monotonic()
        group.create_task(quick.handshake("/echo", rate=4 * size))
        with pytest.raises(TooLate, match="no answer to the handshake"):
            await slow.handshake("/echo", rate=5, timeout=0.4)
    assert time.monotonic() - start > 0.2
    quick.send_text("still here")
    assert await quick.receive() == "still here"
    for one in (quick, slow):
        one.reset()
        await one.end()


async def test_a_handshake_that_is_no_websocket(server: Server) -> None:
    one = await Peer.dial(server.port)
    with pytest.raises(HandshakeRefused):
        await one.handshake("/echo", headers={"Sec-WebSocket-Version": "8"})
    assert one.answer is not None
    assert 400 <= one.answer.status < 500
    one.vanish()


# -- waiting ---------------------------------------------------------------------------------------


async def test_waiting_ends_when_the_condition_holds_and_else_says_what_for() -> None:
    moments = iter([False, False, True])

    async def soon() -> bool:
        return next(moments)

    assert 0.03 < await until(soon) < 5
    never: list[int] = []
    with pytest.raises(TooLate, match=r"not within 0\.05 s: .*until\(lambda: never, 0\.05\)"):
        await until(lambda: never, 0.05)
    with pytest.raises(TimeoutError, match=r"not within 0\.05 s: a miracle"):
        await until(lambda: never, 0.05, "a miracle")
    with pytest.raises(AssertionError, match=r"__len__"):
        until_sync(never.__len__, 0.05)
    assert until_sync(lambda: True) < 1
