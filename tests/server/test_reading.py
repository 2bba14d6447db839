"""What arrives is read whatever the handler does: pings, close frames, messages up to a bound."""

import asyncio
from functools import partial
from typing import Any

import pytest
from fastapi import Depends, FastAPI

from holdfast import Connection, Endpoint, Holdfast, InboxLimits
from holdfast.testing import HandshakeRefused, opening_request, until
from holdfast.testing.frames import CLOSE, FIN, PING, PONG, RSV1, TEXT, close_frame, frame
from tests.server.support import (
    BOTH,
    SOCKETS,
    Certificate,
    Receive,
    Scope,
    Send,
    Site,
    accepted,
    echo,
    said,
    serving,
)

MOST = 4  # ws_max_queue of most tests


def text(payload: str) -> bytes:
    """A masked text frame."""
    return frame(TEXT, payload.encode())


class Slow:
    """An application that takes no message before it is told to."""

    def __init__(self) -> None:
        self.go = asyncio.Event()
        self.seen: list[Any] = []
        self.done = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await accepted(receive, send)
        await self.go.wait()
        while (message := await receive())["type"] == "websocket.receive":
            self.seen.append(message["text"])
        self.seen.append(message["code"])
        self.done.set()


def link_of(site: Site) -> Any:
    """The one connection of a server."""
    (link,) = site.state.connections
    return link


@SOCKETS
async def test_a_ping_is_answered_while_the_handler_is_busy(
    kind: str, certificate: Certificate
) -> None:
    app = Slow()
    async with serving(app, kind, certificate, ws_max_queue=MOST) as site:
        client = await site.connect("/")
        for _ in range(MOST - 1):
            client.send_text("wait")
        client.ping(b"there?")
        await until(lambda: client.frames == said(PONG, b"there?"))
        assert not app.seen
        app.go.set()


async def test_a_close_frame_is_seen_while_the_handler_is_busy() -> None:
    """It is answered within half a second, though messages wait that nobody takes."""
    app = Slow()
    async with serving(app) as site:
        client = await site.connect("/")
        client.send_text("one")
        client.close(4001, "bye")
        assert await client.end(3) == 4001
        await until(lambda: not site.state.connections)
        app.go.set()
        await app.done.wait()
        assert app.seen == ["one", 4001]


async def test_a_close_frame_is_answered_at_once_if_nothing_waits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("holdfast.server.conversation.BEHIND", 4)
    app = Slow()
    async with serving(app) as site:
        client = await site.connect("/")
        start = client.loop.time()
        client.close(4001)
        assert await client.end() == 4001
        assert client.loop.time() - start < 3
        app.go.set()


async def test_a_full_inbox_stops_reading_and_loses_nothing() -> None:
    app = Slow()
    async with serving(app, ws_max_queue=MOST) as site:
        client = await site.connect("/")
        pieces = [f"{i:06d}".ljust(16_384, ".") for i in range(2_000)]  # 32 MB
        for piece in pieces:
            client.send_text(piece)
        link = link_of(site)
        await until(lambda: link.held)
        before = 0
        while (left := client.transport.get_write_buffer_size()) != before:  # the kernel takes some
            before = left
            await asyncio.sleep(0.2)  # pacing: were it read on, megabytes would come
        assert left > 20_000_000
        app.go.set()
        await until(lambda: len(app.seen) == len(pieces), 20)
        client.close(1000)
        await app.done.wait()
        assert app.seen == [*pieces, 1000]


async def test_messages_in_one_segment_are_held_in_order() -> None:
    """Those read with the one that filled the inbox wait, too; a ping among them is answered."""
    app = Slow()
    async with serving(app, ws_max_queue=MOST) as site:
        client = await site.connect("/")
        texts = [str(i) for i in range(3 * MOST)]
        segment = b"".join(map(text, texts)) + frame(PING, b"p") + text("last") + close_frame(4002)
        client._closing = True
        client.write(segment)
        await until(lambda: link_of(site).held)
        await until(lambda: client.frames == said(PONG, b"p"))
        app.go.set()
        await app.done.wait()
        assert app.seen == [*texts, "last", 4002]
        assert await client.end() == 4002


@pytest.mark.parametrize("most", [0, 1, 2])
async def test_the_smallest_queues(most: int) -> None:
    async with serving(echo, ws_max_queue=most) as site:
        client = await site.connect("/")
        client.write(b"".join(text(str(n)) for n in range(20)))
        assert [await client.receive() for _ in range(20)] == [str(n) for n in range(20)]
        client.close()
        assert await client.end() == 1000


@pytest.mark.parametrize("way", ["reset", "vanish"])
async def test_a_client_that_leaves_while_it_is_held(way: str) -> None:
    """Nothing is read, so nothing tells of its end: the keepalive looks."""
    app = Slow()
    times = {"ws_ping_interval": 0.2, "ws_ping_timeout": 0.2}
    async with serving(app, ws_max_queue=MOST, **times) as site:
        client = await site.connect("/")
        for _ in range(2 * MOST):
            client.send_text("x")
        await until(lambda: link_of(site).held)
        getattr(client, way)()
        await until(lambda: not site.state.connections, 5)
        app.go.set()
        await app.done.wait()
        assert app.seen[-1] == 1006


@SOCKETS
async def test_the_server_closes_a_client_that_is_held(kind: str, certificate: Certificate) -> None:
    """The answer to its close frame stands behind what was not read."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await accepted(receive, send)
        await go.wait()
        await send({"type": "websocket.close", "code": 4003})

    go = asyncio.Event()
    async with serving(app, kind, certificate, ws_max_queue=MOST) as site:
        client = await site.connect("/")
        for _ in range(10 * MOST):
            client.send_text("x" * 1000)
        await until(lambda: link_of(site).held)
        go.set()
        assert await client.end(3) == 4003
        assert client.error is None
        await until(site.idle)


@BOTH
async def test_two_tasks_that_receive_get_a_message_each_and_both_learn_the_end(ws: str) -> None:
    got: list[Any] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await accepted(receive, send)

        async def one() -> None:
            while (message := await receive())["type"] == "websocket.receive":
                got.append(message["text"])

        await asyncio.gather(one(), one())
        got.append("over")

    def received(count: int) -> bool:
        return len(got) == count

    async with serving(app, ws=ws) as site:
        client = await site.connect("/")
        for count in (1, 2, 3):
            client.send_text(str(count))
            await until(partial(received, count))
        client.close()
        await until(lambda: got[-1] == "over", 3)
        assert got == ["1", "2", "3", "over"]


async def test_a_receive_that_was_cancelled_takes_nothing() -> None:
    got: list[Any] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await accepted(receive, send)
        for _ in range(3):
            try:
                await asyncio.wait_for(receive(), 0.02)
            except TimeoutError:
                got.append(None)
        got.append((await receive())["text"])

    async with serving(app) as site:
        client = await site.connect("/")
        await until(lambda: len(got) == 3)
        client.send_text("kept")
        await until(lambda: got == [None, None, None, "kept"])
        await client.end()


# -- what comes at once ----------------------------------------------------------------------------


async def test_the_echo_comes_before_the_answer_to_a_close_in_the_same_segment() -> None:
    async with serving(echo) as site:
        client = await site.connect("/")
        client._closing = True
        client.write(text("a") + text("b") + close_frame(4004, "bye"))
        assert await client.end() == 4004
        assert client.frames == said(TEXT, b"a") + said(TEXT, b"b") + said(CLOSE, b"\x0f\xa4bye")


@SOCKETS
async def test_the_echo_comes_before_the_close_for_a_bad_frame(
    kind: str, certificate: Certificate
) -> None:
    async with serving(echo, kind, certificate) as site:
        client = await site.connect("/")
        client.write(text("a") + frame(TEXT, b"b", first=FIN | RSV1))
        assert await client.end() == 1002
        assert client.frames.startswith(said(TEXT, b"a") + bytes([FIN | CLOSE]))
        assert client.error is None


@SOCKETS
async def test_1009_reaches_a_client_that_is_still_sending(
    kind: str, certificate: Certificate
) -> None:
    async with serving(echo, kind, certificate, ws_max_size=1000) as site:
        client = await site.connect("/")
        client.send_text("x" * 1_000_000)
        assert await client.end() == 1009
        await until(site.idle)


@pytest.mark.parametrize("split", [1, 2, 7])
async def test_frames_that_arrive_in_pieces(split: int) -> None:
    async with serving(echo) as site:
        client = await site.connect("/")
        client.sock.setsockopt(6, 1, 1)  # TCP_NODELAY
        data = text("first") + text("x" * 200) + close_frame(4005)
        client._closing = True
        for at in range(0, len(data), split):
            client.write(data[at : at + split])
            await asyncio.sleep(0)
        assert await client.end() == 4005
        assert [await client.receive(), await client.receive()] == ["first", "x" * 200]


async def test_frames_that_come_before_the_handshake_is_answered() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await go.wait()
        await echo(scope, receive, send)

    go = asyncio.Event()
    async with serving(app) as site:
        client = await site.dial()
        client.write(opening_request("/"))
        await until(lambda: site.state.tasks)
        client.write(text("early"))
        client._closing = True
        client.write(close_frame(4006))
        await until(lambda: link_of(site).unread)
        go.set()
        assert await client.end() == 4006
        assert client.frames == said(TEXT, b"early") + said(CLOSE, b"\x0f\xa6")


async def test_more_of_them_than_a_head_may_have_are_not_kept() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        over.append(await receive())

    over: list[Any] = []
    async with serving(app) as site:
        client = await site.dial()
        client.write(opening_request("/"))
        await until(lambda: site.state.tasks)
        client.write(text("x" * 500_000))
        await client.end()
        await until(lambda: over)
        assert over[0]["code"] == 1006


async def test_a_large_inbox_takes_over_what_came_early(app: FastAPI, hf: Holdfast) -> None:
    """More than ``ws_max_queue`` messages come before the connection has its own inbox."""
    got: list[str] = []
    go = asyncio.Event()

    async def opened() -> None:
        await go.wait()

    @hf.websocket("/ws", inbox=InboxLimits(messages=100))
    class Many(Endpoint[str]):
        async def on_connect(self, conn: Connection[str], ready: None = Depends(opened)) -> None:
            pass

        async def on_message(self, conn: Connection[str], message: str) -> None:
            got.append(message)

    async with serving(app) as site:
        client = await site.dial()
        client.write(opening_request("/ws"))
        await until(lambda: site.state.tasks)
        client.write(b"".join(text(str(i)) for i in range(60)))
        await until(lambda: link_of(site).unread)
        go.set()
        client.write(b"".join(text(str(i)) for i in range(60, 90)))
        await until(lambda: got == [str(i) for i in range(90)], 3)
        client.close(4007)
        assert await client.end(3) == 4007


async def test_a_close_that_came_early_is_answered(
    app: FastAPI, hf: Holdfast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("holdfast.server.conversation.BEHIND", 4)
    got: list[Any] = []
    go = asyncio.Event()

    async def opened() -> None:
        await go.wait()

    @hf.websocket("/ws", dependencies=[Depends(opened)])
    class Quick(Endpoint[str]):
        async def on_message(self, conn: Connection[str], message: str) -> None:
            got.append(message)
            await conn.send(message)

        async def on_disconnect(self, conn: Connection[str], closed: Any) -> None:
            got.append(closed.code)

    async with serving(app) as site:
        client = await site.dial()
        client._closing = True
        client.write(opening_request("/ws"))
        await until(lambda: site.state.tasks)
        client.write(text("a") + close_frame(4008))
        await until(lambda: link_of(site).unread)
        start = client.loop.time()
        go.set()
        assert await client.end() == 4008
        assert client.loop.time() - start < 3
        assert client.frames == said(TEXT, b"a") + said(CLOSE, b"\x0f\xa8")
        await until(lambda: got == ["a", 4008])


async def test_a_handshake_that_the_client_left(seen: list[Any]) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append((await receive())["type"])
        seen.append((await receive())["code"])
        with pytest.raises(OSError):
            await send({"type": "websocket.accept"})
        seen.append("over")

    async with serving(app) as site:
        client = await site.dial()
        client.write(opening_request("/"))
        await until(lambda: seen)
        client.vanish()
        await until(site.idle)
        assert seen == ["websocket.connect", 1006, "over"]


async def test_another_version_is_told_ours() -> None:
    async with serving(echo) as site:
        with pytest.raises(HandshakeRefused) as refused:
            await site.connect("/", headers={"Sec-WebSocket-Version": "8"})
        assert refused.value.answer.status == 426
        assert refused.value.answer.headers["sec-websocket-version"] == "13"
        await until(site.idle)
