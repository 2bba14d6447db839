"""The harness itself: a proxy that does what it says, and verdicts that find what they look for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

import pytest

from holdfast.testing import until
from tests.chaos import verdicts
from tests.chaos.load import Outcome, Sent
from tests.chaos.proxy import Direction, Proxy
from tests.chaos.trace import Event, Trace
from tests.chaos.verdicts import Entry

# -- the proxy -------------------------------------------------------------------------------------


class Client:
    """A connection to a server that sends back what it gets."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def echo(self, text: bytes, timeout: float = 5.0) -> bytes:
        self.writer.write(text)
        async with asyncio.timeout(timeout):
            return await self.reader.readexactly(len(text))

    async def rest(self) -> bytes:
        """What comes until the connection ends, however it ends."""
        try:
            async with asyncio.timeout(5):
                return await self.reader.read()
        except ConnectionResetError:
            return b"reset"


@asynccontextmanager
async def proxied() -> AsyncIterator[tuple[Proxy, Callable[[], Awaitable[Client]]]]:
    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while chunk := await reader.read(65536):
                writer.write(chunk)
        except ConnectionResetError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    proxy = Proxy(server.sockets[0].getsockname()[1])
    await proxy.start()
    clients: list[Client] = []

    async def connect() -> Client:
        clients.append(Client(*await asyncio.open_connection("127.0.0.1", proxy.port)))
        return clients[-1]

    try:
        yield proxy, connect
    finally:
        for client in clients:
            client.writer.transport.abort()
        await proxy.stop()
        server.close()
        await server.wait_closed()


async def test_the_proxy_forwards_drops_and_refuses() -> None:
    async with proxied() as (proxy, connect):
        client = await connect()
        assert await client.echo(b"x" * 200_000) == b"x" * 200_000
        await proxy.drop()
        assert await client.rest() == b"reset"
        proxy.refuses = True
        assert await (await connect()).rest() in (b"", b"reset")
        await proxy.heal()
        assert await (await connect()).echo(b"again") == b"again"


@pytest.mark.parametrize("direction", ["up", "down"])
async def test_what_is_stalled_goes_on_when_it_is_healed(direction: Direction) -> None:
    async with proxied() as (proxy, connect):
        client = await connect()
        assert await client.echo(b"before") == b"before"
        await proxy.stall(direction)
        with pytest.raises(TimeoutError):
            await client.echo(b"stalled", timeout=0.3)
        await proxy.heal()
        assert await client.reader.readexactly(7) == b"stalled"
        assert await client.echo(b"after") == b"after"


async def test_the_proxy_delays_in_order() -> None:
    async with proxied() as (proxy, connect):
        client = await connect()
        proxy.delay = 0.1
        loop = asyncio.get_running_loop()
        start = loop.time()
        assert await client.echo(b"one") + await client.echo(b"two") == b"onetwo"
        assert loop.time() - start >= 0.2  # half of the delay at least, twice there and back


async def test_a_truncated_chunk_is_a_beginning_of_it_and_the_end() -> None:
    async with proxied() as (proxy, connect):
        client = await connect()
        proxy.truncate = 1.0
        client.writer.write(b"0123456789")
        rest = await client.rest()
        assert rest == b"reset" or b"0123456789".startswith(rest)
        assert len(rest) < 10
        await until(lambda: proxy.cut >= 1)


# -- traces ----------------------------------------------------------------------------------------


def publication(position: str, id: str) -> Event:
    return Event("publication", 1.0, position, id)


def trace_of(*events: Event) -> Trace:
    trace = Trace("kept.1")
    trace.events = list(events)
    return trace


def test_what_comes_before_an_answer_that_never_comes_is_forgotten() -> None:
    trace = Trace("kept.1")
    assert trace.asks() == ""
    trace.answered(1.0, True)
    trace.see(publication("E-1", "a/1"))
    trace.closed(2.0, 1006)
    assert trace.asks() == "E-1"
    trace.see(publication("E-2", "a/2"))
    trace.closed(3.0, 1006)
    assert trace.position == "E-1"
    trace.asks()
    trace.see(publication("E-2", "a/2"))
    trace.answered(4.0, True)
    kinds = [event.kind for event in trace.events]
    assert kinds == ["joined", "publication", "closed", "closed", "joined", "publication"]
    assert trace.position == "E-2"


def test_what_comes_after_the_channel_was_left_is_a_stray() -> None:
    trace = trace_of()
    trace.see(publication("E-1", "a/1"))
    assert any("after the channel was left" in said for said in verdicts.silence_misses("s", trace))


# -- verdicts --------------------------------------------------------------------------------------

JOINED = Event("joined", 0.0)
LOG = [Entry(f"E-{n}-t{n}", f"a/{n}") for n in range(1, 6)]
SEEN = [publication(entry.position, entry.id) for entry in LOG]
GAP = Event("gap", 1.0)
CLOSED = Event("closed", 1.0, code=3010)
COMPLETE = Event("joined", 1.0, "E-2-t2")
INCOMPLETE = Event("joined", 1.0, "E-2-t2", complete=False)


def complete(*events: Event) -> list[str]:
    return list(verdicts.complete_misses("s", trace_of(JOINED, *events), LOG))


def test_a_complete_trace_is_clean() -> None:
    trace = trace_of(JOINED, *SEEN[:2], CLOSED, COMPLETE, *SEEN[2:])
    assert not list(verdicts.complete_misses("s", trace, LOG))
    assert not list(verdicts.silence_misses("s", trace))
    assert not list(verdicts.order_misses("s", trace))
    assert not list(verdicts.end_misses("s", trace, LOG, "a/5"))


@pytest.mark.parametrize(
    ("events", "said"),
    [
        ((*SEEN[:2], *SEEN[3:]), "1 missing"),
        (SEEN[:4], "1 missing"),
        ((*SEEN, SEEN[4]), "1 twice"),
        ((*SEEN[:2], SEEN[3], SEEN[2], SEEN[4]), "out of order"),
        ((*SEEN[:4], publication("E-5-x", "a/5")), "not in the log"),
        ((*SEEN[:2], GAP, *SEEN[2:]), "told of a gap"),
        ((*SEEN[:2], INCOMPLETE, *SEEN[2:]), "cannot be completed"),
    ],
)
def test_what_is_not_complete_is_found(events: Sequence[Event], said: str) -> None:
    assert any(said in miss for miss in complete(*events))


@pytest.mark.parametrize(
    "events",
    [
        (*SEEN[:2], *SEEN[3:]),
        (*SEEN[:2], CLOSED, COMPLETE, *SEEN[3:]),
        (*SEEN[:2], publication("F-3", "a/3")),
        (*SEEN[:2], SEEN[1]),
        (*SEEN[:2], GAP, COMPLETE, *SEEN[3:]),
        (*SEEN[:3], SEEN[1]),
    ],
)
def test_silence_is_a_miss(events: Sequence[Event]) -> None:
    trace = trace_of(JOINED, *events)
    assert any("without a word" in said for said in verdicts.silence_misses("s", trace))


@pytest.mark.parametrize("word", [GAP, INCOMPLETE])
def test_a_word_is_enough(word: Event) -> None:
    trace = trace_of(JOINED, *SEEN[:2], word, publication("F-9", "a/9"))
    assert not list(verdicts.silence_misses("s", trace))
    assert verdicts.told(trace, 0.5)
    assert not verdicts.told(trace, 2.0)


def test_a_false_alarm_is_a_miss() -> None:
    trace = trace_of(JOINED, *SEEN[:2], GAP, CLOSED, INCOMPLETE, publication("F-9", "a/9"))
    assert len(list(verdicts.alarm_misses("s", trace, 0.5, 1.5))) == 3
    assert not list(verdicts.alarm_misses("s", trace, 1.5, 2.0))
    trace.channel = "plain.1"
    assert len(list(verdicts.alarm_misses("s", trace, 0.5, 1.5))) == 2


def test_an_old_log_that_is_held_for_the_new_one_is_found() -> None:
    """After a restart with old data, offsets 4 and 5 came a second time, for others."""
    trace = trace_of(JOINED, *SEEN[:4], publication("E-5-u5", "a/8"))
    log = [*LOG[:3], Entry("E-4-u4", "a/7"), Entry("E-5-u5", "a/8")]
    assert not list(verdicts.silence_misses("s", trace))  # the offsets alone look well
    assert any("not the log" in said for said in verdicts.end_misses("s", trace, log, "a/8"))


def test_one_who_stays_deaf_is_found() -> None:
    trace = trace_of(JOINED, *SEEN[:4])
    assert any("deaf" in said for said in verdicts.end_misses("s", trace, LOG, "a/5"))
    assert any("deaf" in said for said in verdicts.end_misses("s", trace_of(JOINED), None, "a/5"))


def test_the_log_is_held_to_its_order_and_to_once() -> None:
    assert not list(verdicts.log_misses("kept.1", LOG))
    twice = [*LOG, Entry("E-6", "a/5")]
    assert any("twice" in said for said in verdicts.log_misses("kept.1", twice))
    late = [Entry("E-1", "a/2"), Entry("E-2", "b/1"), Entry("E-3", "a/1")]
    assert any("comes after a/2" in said for said in verdicts.log_misses("kept.1", late))
    assert any("goes from" in said for said in verdicts.log_misses("kept.1", LOG[::2]))


def test_what_was_accepted_must_be_there() -> None:
    def sent(number: int, outcome: Outcome, position: str = "") -> Sent:
        return Sent("kept.1", "a", number, outcome, position, 5.0, 6.0)

    logs = {"kept.1": LOG}
    fine = [
        sent(1, "accepted", "E-1-t1"),
        sent(9, "refused"),
        sent(8, "unknown"),
        sent(2, "buffered"),
    ]
    assert not list(verdicts.accepted_misses(fine, logs, 0))
    lost = [sent(7, "accepted", "E-7-t7"), sent(6, "buffered"), sent(3, "failed", "KeyError()")]
    assert len(list(verdicts.accepted_misses(lost, logs, 0))) == 3
    assert len(list(verdicts.accepted_misses(lost, logs, 5.5))) == 1  # what failed
    moved = [sent(1, "accepted", "E-2-t2")]
    assert len(list(verdicts.accepted_misses(moved, logs, 0))) == 1


def test_a_position_that_means_two_publications_is_found() -> None:
    one = ("one", trace_of(SEEN[0]))
    other = ("other", trace_of(publication(SEEN[0].position, "b/1")))
    assert list(verdicts.conflicts([one, other], []))
    assert not list(verdicts.conflicts([one, one], []))
