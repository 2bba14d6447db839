"""The wheel: pings at their interval, an end for who does not answer, and for nobody else."""

import asyncio
import itertools
import random
from itertools import pairwise
from typing import Any

import pytest

from holdfast.testing import until
from holdfast.testing.frames import PONG, TEXT, frame
from tests.server.support import (
    SOCKETS,
    Certificate,
    Receive,
    Scope,
    Send,
    Taped,
    accepted,
    serving,
)

SLACK = 3.0  # seconds, for a busy machine


class Timed(Taped):
    """Notes when pings come, and answers them only while ``answers`` is true."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.at: list[float] = []
        self.answers = True

    def _control(self, opcode: int, payload: bytes) -> None:
        if opcode == 9:
            self.at.append(self.loop.time())
            if not self.answers:
                return
        super()._control(opcode, payload)


def times(interval: float | None, timeout: float | None) -> dict[str, Any]:
    """Uvicorn's options."""
    return {"ws_ping_interval": interval, "ws_ping_timeout": timeout}


class Idle:
    """An application that only waits for the end."""

    def __init__(self) -> None:
        self.codes: list[int] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await accepted(receive, send)
        while (message := await receive())["type"] == "websocket.receive":
            pass
        self.codes.append(message["code"])


@pytest.mark.parametrize(("interval", "timeout"), [(0.3, 0.1), (0.2, 0.2), (0.2, 5.0), (0.2, None)])
async def test_pings_come_at_the_interval(interval: float, timeout: float | None) -> None:
    """Also where the time for a pong is longer than that."""
    async with serving(Idle(), **times(interval, timeout)) as site:
        client = await Timed.connect(site.server.port, "/")
        await until(lambda: len(client.at) >= 5, 5 * interval + 5 * SLACK)
        mean = (client.at[4] - client.at[0]) / 4  # one that comes late is nearer to the next
        assert mean > 0.6 * interval

        def in_time() -> bool:
            return any(b - a < 1.5 * interval for a, b in pairwise(client.at))

        await until(in_time, 20)  # on a busy machine most may be late
        client.close()
        await client.end()


@pytest.mark.parametrize(("interval", "timeout"), [(0.3, 0.1), (0.2, 0.2), (0.1, 0.4)])
async def test_a_missing_pong_ends_the_connection(interval: float, timeout: float) -> None:
    app = Idle()
    async with serving(app, **times(interval, timeout)) as site:
        client = await Timed.connect(site.server.port, "/")
        client.answers = False
        await until(lambda: client.at)
        start = client.at[0]
        assert await client.end() == 1011
        assert 0.8 * timeout < client.loop.time() - start < timeout + SLACK
        await until(site.idle)
        assert app.codes == [1006]
        assert not any(site.state.holdfast_lane.wheel._slots.values())


@SOCKETS
async def test_a_client_whose_network_is_gone_is_let_go(
    kind: str, certificate: Certificate, impatient: None
) -> None:
    app = Idle()
    async with serving(app, kind, certificate, **times(0.2, 0.2)) as site:
        client = await site.connect("/")
        client.half_open()
        await until(lambda: app.codes == [1006])
        await until(site.idle)
        client.transport.abort()
        await client.end()


@pytest.mark.parametrize("interval", [None, 0])
async def test_without_an_interval_nobody_is_asked(interval: float | None) -> None:
    async with serving(Idle(), **times(interval, 0.1)) as site:
        client = await Timed.connect(site.server.port, "/")
        client.answers = False
        await asyncio.sleep(0.5)  # pacing: were there pings, it would be over
        assert not client.at
        assert site.state.holdfast_lane.wheel._timer is None
        client.close()
        assert await client.end() == 1000


@pytest.mark.parametrize("what", ["pong", "message", "byte"])
async def test_whatever_comes_is_as_good_as_a_pong(what: str) -> None:
    """An unasked pong, a message, or one byte of one."""
    message = frame(TEXT, bytes(100))
    pieces = {
        "pong": itertools.repeat(frame(PONG, b"unasked")),
        "message": itertools.repeat(message),
        "byte": (bytes([octet]) for octet in message),
    }[what]
    app = Idle()
    async with serving(app, **times(0.2, 0.2)) as site:
        client = await Timed.connect(site.server.port, "/")
        client.answers = False
        while len(client.at) < 4:
            client.write(next(pieces))
            await asyncio.sleep(0.05)  # pacing
        assert not app.codes
        client.transport.abort()
        await client.end()


async def test_a_slow_but_steady_reader_is_not_asked_to_hurry() -> None:
    """Its pong stands behind bytes that it has yet to read, more than it reads in the time."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await accepted(receive, send)
        await send({"type": "websocket.send", "bytes": payload})
        codes.append((await receive())["code"])

    codes: list[int] = []
    payload = random.Random(1).randbytes(1_500_000)
    async with serving(app, **times(0.2, 0.6)) as site:
        client = await site.connect("/", dial={"receive_buffer": 65_536})
        client.crawl(500_000)
        assert await client.receive() == payload
        assert not codes
        client.resume()
        client.close(4001)
        assert await client.end() == 4001


async def test_a_pong_behind_what_the_kernel_holds_is_waited_for() -> None:
    """Nothing waits in the process any more, and the ping is sent: but far behind."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await accepted(receive, send)
        await send({"type": "websocket.send", "bytes": bytes(110_000)})
        codes.append((await receive())["code"])

    codes: list[int] = []
    async with serving(app, **times(0.5, 4.0)) as site:
        client = await site.connect("/", dial={"receive_buffer": 16_384})
        client.crawl(20_000)
        await until(lambda: not next(iter(site.state.connections)).paused, 4)
        assert len(await client.receive()) == 110_000
        assert not codes
        client.resume()
        client.close(4001)
        assert await client.end() == 4001


async def test_a_reader_that_stops_behind_a_full_buffer_is_ended(impatient: None) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await accepted(receive, send)
        with pytest.raises(OSError):
            while True:
                await send({"type": "websocket.send", "bytes": bytes(65_536)})
        codes.append((await receive())["code"])

    codes: list[int] = []
    async with serving(app, **times(0.2, 0.2)) as site:
        client = await site.connect("/", dial={"receive_buffer": 8192})
        client.stall()
        await until(lambda: codes, 4)
        assert codes[0] in (1006, 3008)
        await until(site.idle)
        client.resume()
        await client.end()


async def test_a_crowd_is_spread_over_half_an_interval() -> None:
    async with serving(Idle(), **times(0.8, 0.8)) as site:
        clients = [await Timed.connect(site.server.port, "/") for _ in range(40)]
        await until(lambda: all(client.at for client in clients))
        first = sorted(client.at[0] for client in clients)
        assert first[-1] - first[0] > 0.2
        for client in clients:
            client.close()
        for client in clients:
            await client.end()


async def test_a_client_that_answers_late_but_in_time_stays() -> None:
    async with serving(Idle(), **times(0.2, 1.0)) as site:
        client = await Timed.connect(site.server.port, "/")
        client.answers = False
        for count in range(1, 4):
            await until(lambda: len(client.at) >= count)  # noqa: B023 (awaited here)
            await asyncio.sleep(0.4)  # pacing: longer than the interval, shorter than the timeout
            assert len(client.at) == count
            client.write(frame(PONG))
        client.close()
        assert await client.end() == 1000


async def test_an_interval_may_be_as_long_as_it_likes() -> None:
    async with serving(Idle(), **times(1e9, 20.0)) as site:
        client = await site.connect("/")
        client.close()
        assert await client.end() == 1000
        assert not any(site.state.holdfast_lane.wheel._slots.values())
