"""What is written arrives whole and in order, however little of it the socket takes at a time."""

import asyncio
import os
import random
import socket
import zlib
from typing import Any

import pytest
from fastapi import FastAPI

from holdfast import Connection, Endpoint, Holdfast, Ring
from holdfast.testing import until
from holdfast.testing.frames import BINARY, CLOSE, FIN, PING, PONG, RSV1, TEXT, frame
from tests.server.support import (
    Certificate,
    Receive,
    Scope,
    Send,
    Site,
    Taped,
    accepted,
    echo,
    said,
    serving,
)

KINDS = pytest.mark.parametrize("kind", ["plain", "tls", "unix"])


def shrink(link: Any, size: int = 16_384) -> None:
    """Give a connection's socket a small send buffer."""
    with socket.socket(fileno=os.dup(link.fileno())) as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, size)


def one_link(site: Site) -> Any:
    (link,) = site.state.connections
    return link


def message(n: int, size: int) -> bytes:
    """The n-th message: it can be told from all others."""
    return f"{n:08d}".encode() + random.Random(n).randbytes(size)


SIZES = [0, 1, 117, 118, 4_000, 65_527, 65_528, 100_000, 7, 400_000, 3, 20_000]


@KINDS
async def test_large_messages_to_a_slow_reader(kind: str, certificate: Certificate) -> None:
    """Each goes out in many pieces; the next begins where it ends."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await accepted(receive, send)
        shrink(scope["extensions"]["holdfast.link"])
        for n, size in enumerate(SIZES):
            await send({"type": "websocket.send", "bytes": message(n, size)})
            paused.append(scope["extensions"]["holdfast.link"].paused)
        await send({"type": "websocket.close", "code": 4000})

    paused: list[bool] = []
    async with serving(app, kind, certificate) as site:
        small = {} if kind == "unix" else {"dial": {"receive_buffer": 65_536}}
        client = await site.connect("/", **small)
        if kind != "tls":  # a crawl reads the socket itself
            client.crawl(3_000_000)
        else:
            client.stall()
            client.loop.call_later(0.3, client.resume)
        for n, size in enumerate(SIZES):
            assert await client.receive() == message(n, size)
        client.resume()
        assert await client.end() == 4000
        assert any(paused)
        await until(site.idle)


@KINDS
async def test_a_send_waits_while_its_client_takes_nothing(
    kind: str, certificate: Certificate
) -> None:
    sent = 0

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        nonlocal sent
        await accepted(receive, send)
        shrink(scope["extensions"]["holdfast.link"])
        while sent < 100:
            await send({"type": "websocket.send", "bytes": message(sent, 50_000)})
            sent += 1
        await receive()

    def grew() -> bool:
        nonlocal last
        last, before = sent, last
        return sent != before

    last = -1
    async with serving(app, kind, certificate) as site:
        small = {} if kind == "unix" else {"dial": {"receive_buffer": 8192}}
        client = await site.connect("/", **small)
        client.stall()
        await until(lambda: one_link(site).paused)
        while grew():
            await asyncio.sleep(0.1)  # pacing: 5 MB would be sent by then
        assert sent < 40
        assert one_link(site).outbox < 200_000
        client.resume()
        for n in range(100):
            assert await client.receive() == message(n, 50_000)
        client.close()
        await client.end()


async def test_several_tasks_send_at_once(seen: list[Any]) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await accepted(receive, send)
        shrink(scope["extensions"]["holdfast.link"])

        async def one(task: int) -> None:
            for n in range(20):
                data = message(100 * task + n, 20_000)
                await send({"type": "websocket.send", "bytes": data})

        await asyncio.gather(*map(one, range(5)))

    async with serving(app) as site:
        client = await site.connect("/", dial={"receive_buffer": 8192})
        got = [await client.receive_bytes() for _ in range(100)]
        numbers = [int(data[:8]) for data in got]
        assert all(data == message(n, 20_000) for n, data in zip(numbers, got, strict=True))
        for task in range(5):
            own = [n for n in numbers if n // 100 == task]
            assert own == [100 * task + n for n in range(20)]
        assert await client.end() == 1000


async def test_a_pong_is_owed_while_others_wait(seen: list[Any]) -> None:
    """Of several pings the last is answered, once the bytes before it are gone."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await accepted(receive, send)
        shrink(scope["extensions"]["holdfast.link"])
        await send({"type": "websocket.send", "bytes": bytes(1_000_000)})
        seen.append(await receive())

    async with serving(app) as site:
        client = await site.connect("/", dial={"receive_buffer": 8192})
        client.stall()
        link = one_link(site)
        await until(lambda: link.paused)
        for payload in (b"1", b"2", b"3"):
            client.ping(payload)
        await until(lambda: link._pong == b"3")
        client.resume()
        await client.receive()
        await until(lambda: client.frames.endswith(said(PONG, b"3")))
        assert said(PONG, b"2") not in client.frames[-20:]
        client.close()
        await client.end()


@KINDS
async def test_a_close_comes_after_everything_that_waits(
    kind: str, certificate: Certificate
) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await accepted(receive, send)
        shrink(scope["extensions"]["holdfast.link"])
        await send({"type": "websocket.send", "bytes": message(1, 2_000_000)})
        await send({"type": "websocket.close", "code": 4001})

    async with serving(app, kind, certificate) as site:
        small = {} if kind == "unix" else {"dial": {"receive_buffer": 8192}}
        client = await site.connect("/", **small)
        assert await client.receive() == message(1, 2_000_000)
        assert await client.end() == 4001
        await until(site.idle)


@KINDS
async def test_the_answer_to_a_close_comes_after_everything_that_waits(
    kind: str, certificate: Certificate
) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await accepted(receive, send)
        shrink(scope["extensions"]["holdfast.link"])
        await send({"type": "websocket.send", "bytes": message(1, 500_000)})
        sent.append(1)
        await receive()

    sent: list[int] = []
    async with serving(app, kind, certificate) as site:
        small = {} if kind == "unix" else {"dial": {"receive_buffer": 8192}}
        client = await site.connect("/", **small)
        client.stall()
        await until(lambda: sent)
        client.close(4002)
        await until(lambda: one_link(site).closing)
        client.resume()
        assert await client.receive() == message(1, 500_000)
        assert await client.end() == 4002
        await until(site.idle)


# -- publications and sends ------------------------------------------------------------------------


@KINDS
@pytest.mark.parametrize("slow", [False, True], ids=["fast", "slow"])
async def test_publications_and_sends_in_the_order_they_were_made(
    app: FastAPI, hf: Holdfast, kind: str, certificate: Certificate, slow: bool
) -> None:
    """By a handler's own rule: a send comes after what was published before it."""
    size = 20_000 if slow else 10
    hf.channel("news", ring=Ring(count=10_000, bytes=1 << 28))

    @hf.websocket("/ws")
    class Mixed(Endpoint[str]):
        async def on_message(self, conn: Connection[str], message_: str) -> None:
            if slow:
                shrink(conn.link)
            await conn.join("news")
            for n in range(0, 120, 3):
                await hf.publish("news", message(n, size))
                await hf.publish("news", message(n + 1, size))
                await conn.send(message(n + 2, size))
            await conn.close(4003)

    async with serving(app, kind, certificate) as site:
        small = {"dial": {"receive_buffer": 8192}} if slow and kind != "unix" else {}
        client = await site.connect("/ws", **small)
        client.send_text("go")
        got = [await client.receive() for _ in range(120)]
        assert got == [message(n, size) for n in range(120)]
        assert await client.end() == 4003
        await until(site.idle)


async def test_one_that_reads_slowly_gets_every_publication(app: FastAPI, hf: Holdfast) -> None:
    hf.channel("news", ring=Ring(count=10_000, bytes=1 << 28))

    @hf.subscribe("/ws")
    async def channel() -> str:
        return "news"

    async with serving(app) as site:
        clients = [await site.connect("/ws", dial={"receive_buffer": 65_536}) for _ in range(3)]
        await until(lambda: len(hf.connections) == 3)
        await until(lambda: all(conn.subscriptions for conn in hf.connections))
        for link in site.state.connections:
            shrink(link)
        clients[0].stall()
        clients[1].crawl(3_000_000)
        for n in range(150):
            await hf.publish("news", message(n, 5_000))
        for n in range(150):
            assert await clients[2].receive() == message(n, 5_000)
        clients[0].resume()
        for client in clients[:2]:
            for n in range(150):
                assert await client.receive() == message(n, 5_000)
        for client in clients:
            client.resume()
            client.close()
            await client.end()
        await until(lambda: site.idle() and not hf.connections)


# -- permessage-deflate ----------------------------------------------------------------------------


def deflated(data: bytes) -> bytes:
    """A message's payload (RFC 7692 section 7.2.1)."""
    packer = zlib.compressobj(wbits=-15)
    return (packer.compress(data) + packer.flush(zlib.Z_SYNC_FLUSH))[:-4]


def inflated(payload: bytes, bits: int = 15) -> bytes:
    return zlib.decompressobj(-bits).decompress(payload + b"\0\0\xff\xff")


async def deflating(site: Site, offer: str, path: str = "/") -> tuple[Taped, list[bytes], str]:
    """A client that makes an offer, what it is sent, and the answer."""
    got: list[bytes] = []
    headers = {"Sec-WebSocket-Extensions": offer} if offer else {}
    client = await site.connect(path, headers=headers, dial={"on_message": got.append})
    assert client.answer is not None
    return client, got, client.answer.headers.get("sec-websocket-extensions", "")


OFFERS = {
    "permessage-deflate": 15,
    "permessage-deflate; client_max_window_bits": 15,
    "permessage-deflate; client_max_window_bits=10": 15,
    "permessage-deflate; server_max_window_bits=10": 10,
    "permessage-deflate; server_no_context_takeover": 15,
    "permessage-deflate; client_no_context_takeover": 15,
    "permessage-deflate; unknown, permessage-deflate": 15,
}


@pytest.mark.parametrize("offer", OFFERS)
async def test_each_offer_is_answered_and_used(offer: str) -> None:
    async with serving(echo) as site:
        client, got, answer = await deflating(site, offer)
        name, *parameters = answer.split("; ")
        assert name == "permessage-deflate"
        assert {"server_no_context_takeover", "client_no_context_takeover"} <= set(parameters)
        texts = [b"hello " * 100, b"", b"x", random.Random(1).randbytes(5000).hex().encode()]
        for data in texts:
            client.write(frame(TEXT, deflated(data), first=FIN | RSV1))
        client.write(frame(BINARY, b"not compressed"))
        await until(lambda: len(got) == len(texts) + 1)
        firsts = [FIN | RSV1 | TEXT, FIN | TEXT]
        assert client.frames[0] == firsts[0]
        bits = OFFERS[offer]
        assert inflated(got[0], bits) == texts[0]
        assert len(got[0]) < 50
        client.close()
        assert await client.end() == 1000


@pytest.mark.parametrize("options", [{"ws_per_message_deflate": False}, {}])
async def test_no_deflate_unless_both_want_it(options: dict[str, Any]) -> None:
    async with serving(echo, **options) as site:
        client, got, answer = await deflating(site, "permessage-deflate" if options else "")
        assert not answer
        client.send_text("a" * 1000)
        await until(lambda: got == [b"a" * 1000])
        client.write(frame(TEXT, deflated(b"x"), first=FIN | RSV1))
        assert await client.end() == 1002


async def test_a_bomb_is_cut_at_the_limit(seen: list[Any]) -> None:
    async with serving(echo, ws_max_size=10_000) as site:
        client, got, _ = await deflating(site, "permessage-deflate")
        client.write(frame(TEXT, deflated(bytes(50_000_000)), first=FIN | RSV1))
        assert await client.end() == 1009
        assert not got


async def test_one_compressed_frame_is_shared_by_all_who_agreed_on_it(
    app: FastAPI, hf: Holdfast
) -> None:
    @hf.subscribe("/ws")
    async def channel() -> str:
        return "news"

    async with serving(app) as site:
        offers = ["permessage-deflate"] * 3 + ["permessage-deflate; server_max_window_bits=9", ""]
        clients = [(await deflating(site, offer, "/ws")) for offer in offers]
        await until(lambda: len(hf.connections) == len(offers))
        await until(lambda: all(conn.subscriptions for conn in hf.connections))
        framers = {id(conn.link.framer) for conn in hf.connections}
        assert len(framers) == 3
        text = "the same for all " * 200
        await hf.publish("news", text)
        await until(lambda: all(got for _, got, _ in clients))
        payloads = [got[0] for _, got, _ in clients]
        assert payloads[0] == payloads[1] == payloads[2]
        assert inflated(payloads[0]) == inflated(payloads[3], 9) == text.encode()
        assert payloads[4] == text.encode()
        for client, _, _ in clients:
            client.close()
            await client.end()
        await until(lambda: site.idle() and not hf.connections)


# -- the end of a socket ---------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["plain", "tls", "unix"])
async def test_an_abort_drops_what_waits(kind: str, certificate: Certificate) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await accepted(receive, send)
        link = scope["extensions"]["holdfast.link"]
        shrink(link)
        await send({"type": "websocket.send", "bytes": bytes(3_000_000)})
        assert link.paused or kind == "tls"  # which notices with the next write
        link.abort()
        link.abort()

    async with serving(app, kind, certificate) as site:
        small = {} if kind == "unix" else {"dial": {"receive_buffer": 8192}}
        client = await site.connect("/", **small)
        client.stall()
        await until(site.idle)
        client.resume()
        assert await client.end() is None
        assert not client.messages
        if kind == "plain":
            assert isinstance(client.error, ConnectionResetError)


async def test_a_client_that_stops_reading_is_aborted(impatient: None, seen: list[Any]) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await accepted(receive, send)
        try:
            while True:
                await send({"type": "websocket.send", "bytes": bytes(65_536)})
        except OSError:
            seen.append((await receive())["code"])

    async with serving(app) as site:
        client = await site.connect("/", dial={"receive_buffer": 8192})
        client.stall()
        await until(lambda: seen == [3008], 5)
        await until(site.idle)
        client.resume()
        assert await client.end() is None


def test_frames_as_a_server_says_them() -> None:
    assert (said(PING, b""), said(CLOSE, b"\x03\xe8")) == (b"\x89\x00", b"\x88\x02\x03\xe8")
