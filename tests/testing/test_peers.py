"""A peer that behaves: what it sends, receives and says of itself."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from fastapi import FastAPI, HTTPException

from holdfast.testing import Ended, HandshakeRefused, Numbered, Peer, Server, TooLate, peer, serve
from holdfast.testing.frames import CONTINUATION, PING, TEXT, frame
from holdfast.testing.handshakes import ACCEPT
from tests.testing.apps import Plain


async def test_what_it_sends_comes_back(either: Server) -> None:
    async with either.peer("/echo") as ann:
        ann.send_text("è")
        ann.send_bytes(b"\xff\x00")
        ann.send_json({"a": [1, None]})
        ann.send_text("x" * 70_000)
        assert await ann.receive_text() == "è"
        assert await ann.receive_bytes() == b"\xff\x00"
        assert await ann.receive_json() == {"a": [1, None]}
        assert await ann.receive() == "x" * 70_000
        assert (ann.messages, ann.bytes) == (4, 2 + 2 + 16 + 70_000)


async def test_what_it_asks_for_in_the_handshake(either: Server) -> None:
    async with either.peer(
        "/echo",
        origin="https://example.com",
        subprotocols=["one", "two"],
        headers={"Authorization": "Bearer x", "HOST": "elsewhere"},
        source="127.0.0.2",
    ) as ann:
        assert ann.answer is not None
        assert ann.answer.headers["sec-websocket-protocol"] == "one"
        ann.send_text("headers")
        headers = await ann.receive_json()
        assert headers["origin"] == "https://example.com"
        assert headers["authorization"] == "Bearer x"
        assert headers["host"] == "elsewhere"
        assert ann.address[0] == "127.0.0.2"


async def test_another_kind_than_expected_is_said(server: Server) -> None:
    async with server.peer("/echo") as ann:
        ann.send_text("not JSON")
        ann.send_text("text")
        ann.send_bytes(b"bytes")
        with pytest.raises(AssertionError, match="JSON was expected, and 'not JSON' came"):
            await ann.receive_json()
        with pytest.raises(AssertionError, match="bytes were expected, and 'text' came"):
            await ann.receive_bytes()
        with pytest.raises(AssertionError, match="text was expected, and b'bytes' came"):
            await ann.receive_text()


async def test_silence_is_an_error_after_the_deadline(server: Server) -> None:
    async with server.peer("/echo") as ann:
        with pytest.raises(TimeoutError, match=r"<peer of /echo: open, 0 messages came>: no mess"):
            await ann.receive(timeout=0.05)
        with pytest.raises(AssertionError, match=r"still connected after 0\.05 s"):
            await ann.end(timeout=0.05)


async def test_what_came_before_the_end_is_received_before_it(server: Server) -> None:
    async with server.peer("/flood?count=2") as ann:
        assert await ann.end() == 4000
        assert (await ann.receive_text())[:8] == "00000000"
        assert (await ann.receive_text())[:8] == "00000001"
        with pytest.raises(Ended, match="over .close code 4000: that is all"):
            await ann.receive()
        assert (
            repr(ann) == "<peer of /flood?count=2: closed with 4000 that is all, 2 messages came>"
        )


async def test_it_closes_as_it_should(either: Server, plain: Plain) -> None:
    async with either.peer("/echo") as ann:
        ann.close(4001, "bye")
        assert await ann.end() == 4001
    assert plain.codes == [4001]


async def test_messages_and_the_end_may_go_to_functions(server: Server) -> None:
    check, ends = Numbered(), list[int | None]()
    async with server.peer("/flood?count=500", on_message=check) as ann:
        ann.on_end = lambda: ends.append(ann.code)
        assert await ann.end() == 4000
        assert ends == [4000]
        assert (check.next, check.wrong) == (500, [])
        with pytest.raises(RuntimeError, match="go to its on_message"):
            await ann.receive()


def test_what_is_missing_is_noticed() -> None:
    check = Numbered()
    for number in (0, 1, 3):
        check(b"%08d and more" % number)
    assert check.wrong == [(2, b"00000003")]


async def test_a_refusal_is_told_with_its_reason() -> None:
    app = FastAPI()

    async def endpoint() -> None:
        raise HTTPException(403, "not you")

    app.add_api_websocket_route("/ws", endpoint)
    async with serve(app) as server:
        with pytest.raises(
            HandshakeRefused, match="/ws was answered with 403 .*not you"
        ) as refused:
            await server.connect("/ws")
        assert refused.value.answer.status == 403
        assert refused.value.answer.headers["content-type"] == "application/json"
        with pytest.raises(HandshakeRefused, match="403"):
            await server.connect("/nowhere")


async def test_nobody_there_is_an_os_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    with pytest.raises(OSError, match="Connect call failed"):
        await Peer.connect(port, "/")


# -- servers that no ASGI server is ----------------------------------------------------------------


@asynccontextmanager
async def answering(*answers: bytes) -> AsyncIterator[int]:
    """A server that takes a handshake and says this, each piece alone; its port."""

    async def serve_one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        for answer in answers:
            writer.write(answer)
            await writer.drain()
            await asyncio.sleep(0.01)  # pacing: so that they come one by one
        writer.close()

    server = await asyncio.start_server(serve_one, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


OPENED = b"HTTP/1.1 101 Switching\r\nSec-WebSocket-Accept: " + ACCEPT.encode() + b"\r\n\r\n"


async def test_a_message_in_parts_is_put_together() -> None:
    parts = [
        frame(TEXT, b"on", first=0, mask=False),
        frame(PING, b"?", mask=False),
        frame(CONTINUATION, b"e", mask=False),
    ]
    whole = b"".join(parts)
    async with (
        answering(OPENED[:20], OPENED[20:] + whole[:3], whole[3:]) as port,
        peer(port, "/") as one,
    ):
        assert await one.receive() == "one"
        assert one.pings == 1
        assert await one.end() is None


async def test_answers_that_no_server_should_give() -> None:
    wrong_key = OPENED.replace(ACCEPT.encode(), b"wrong")
    for answer, said in (
        (b"HTTP/1.1 101 ", "ended during the handshake"),
        (wrong_key, "wrong Sec-WebSocket-Accept"),
        (b"HTTP/1.1 500 No\r\n\r\nwhy", "answered with 500 why"),
    ):
        async with answering(answer) as port:
            with pytest.raises(ConnectionError, match=said):
                await Peer.connect(port, "/")


async def test_no_answer_is_an_error_after_the_deadline() -> None:
    said = r"no answer to the handshake within 0\.05 s"
    with socket.create_server(("127.0.0.1", 0)) as mute, pytest.raises(TooLate, match=said):
        await Peer.connect(mute.getsockname()[1], "/", timeout=0.05)
