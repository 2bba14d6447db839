"""What a channel keeps, as ``hf.history`` shows it, for each broker there is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from fastapi import FastAPI

from holdfast import History, Holdfast, Ring
from holdfast.backplane.port import HistoryPage, Position
from holdfast.testing import until
from tests.backplane.brokers import BROKERS, Broker, opened

SIZE = 5
KEPT = {"a": History(size=SIZE, ttl=60)}


@pytest.fixture(params=BROKERS)
async def broker(request: pytest.FixtureRequest) -> AsyncIterator[Broker]:
    async with BROKERS[request.param](request) as one:
        yield one


@asynccontextmanager
async def holdfast(
    broker: Broker, size: int = SIZE, ttl: float = 60, ring: Ring | None = None
) -> AsyncIterator[Holdfast]:
    """An app of which the channel ``kept`` keeps so much."""
    app = FastAPI()
    hf = Holdfast(app, backplane=broker.url)
    hf.channel("kept", history=History(size=size, ttl=ttl), ring=ring or Ring(count=size))
    async with app.router.lifespan_context(app):
        yield hf


async def publish(hf: Holdfast, count: int, first: int = 1) -> list[Position]:
    return [await hf.publish("kept", {"n": n}) for n in range(first, first + count)]


def numbers(page: HistoryPage) -> list[int]:
    for publication in page.publications:
        assert publication.value == {"n": publication.offset}
    return [publication.offset for publication in page.publications]


def after(page: HistoryPage) -> Position:
    """The place of its last publication."""
    last = page.publications[-1]
    return Position(page.position.epoch, last.offset, last.tag)


async def test_what_is_kept_is_shown_oldest_first(broker: Broker) -> None:
    async with holdfast(broker) as hf:
        positions = await publish(hf, 3)
        page = await hf.history("kept")
        assert numbers(page) == [1, 2, 3]
        assert (page.position, page.complete) == (positions[-1], True)
        assert after(page) == positions[-1]
        assert all(publication.time > 1_700_000_000 for publication in page.publications)


async def test_newest_first(broker: Broker) -> None:
    async with holdfast(broker) as hf:
        positions = await publish(hf, 4)
        assert numbers(await hf.history("kept", reverse=True)) == [4, 3, 2, 1]
        assert numbers(await hf.history("kept", reverse=True, limit=2)) == [4, 3]
        page = await hf.history("kept", since=positions[0], reverse=True)
        assert (numbers(page), page.complete) == ([4, 3, 2], True)
        page = await hf.history("kept", since=positions[0], reverse=True, limit=2)
        assert (numbers(page), page.complete) == ([4, 3], True)


async def test_page_by_page(broker: Broker) -> None:
    async with holdfast(broker, size=10) as hf:
        positions = await publish(hf, 10)
        since, seen = Position(positions[0].epoch, 0), []
        for _ in range(4):
            page = await hf.history("kept", since=since, limit=3)
            assert page.complete
            assert page.position == positions[-1]
            seen += numbers(page)
            since = after(page)
        assert seen == list(range(1, 11))
        page = await hf.history("kept", since=since)
        assert (numbers(page), page.complete) == ([], True)


async def test_as_many_are_kept_as_was_chosen(broker: Broker) -> None:
    async with holdfast(broker) as hf:
        positions = await publish(hf, 12)
        page = await hf.history("kept")
        assert numbers(page) == [8, 9, 10, 11, 12]
        page = await hf.history("kept", since=positions[6])
        assert (numbers(page), page.complete) == ([8, 9, 10, 11, 12], True)
        page = await hf.history("kept", since=positions[5])
        assert not page.complete
        assert numbers(page) == [8, 9, 10, 11, 12]


async def test_no_longer_than_was_chosen(broker: Broker) -> None:
    async with holdfast(broker, ttl=0.5) as hf:
        first, *_ = await publish(hf, 2)

        async def gone() -> bool:
            return not (await hf.history("kept")).publications

        await until(gone, 10)
        (last,) = await publish(hf, 1, first=3)
        page = await hf.history("kept")
        assert (numbers(page), page.position) == ([3], last)
        for limit in (1, 2, 100):  # whatever of it is asked for, 2 is not there any more
            assert not (await hf.history("kept", since=first, limit=limit)).complete
        page = await hf.history("kept", since=last)
        assert (numbers(page), page.complete) == ([], True)


async def test_what_expires_one_by_one_is_not_passed_off_as_complete(broker: Broker) -> None:
    async with holdfast(broker, ttl=0.6, size=100, ring=Ring()) as hf:
        first, *_ = await publish(hf, 3)

        async def without_the_first_three() -> bool:
            await hf.publish("kept", {"n": (await hf.history("kept")).position.offset + 1})
            return numbers(await hf.history("kept"))[0] > 3

        await until(without_the_first_three, 10)
        for limit in (1, 2, 3, 100):
            page = await hf.history("kept", since=first, limit=limit)
            assert not page.complete
        page = await hf.history("kept", since=after(page))
        assert page.complete


async def test_positions_of_another_log_are_not_complete(broker: Broker) -> None:
    async with holdfast(broker) as hf:
        positions = await publish(hf, 5)
        epoch, offset, tag = positions[2]
        others: dict[str, Position] = {
            "of another epoch": Position(f"{epoch}0", offset, tag),
            "of another epoch, at the head": Position(f"{epoch}0", 5, positions[4].tag),
            "beyond the head": Position(epoch, 6, tag),
            "of no epoch": Position("", offset),
        }
        if tag:
            others |= {
                "of another branch": Position(epoch, offset, positions[3].tag),
                "of another branch, at the head": Position(epoch, 5, tag),
            }
        for what, since in others.items():
            page = await hf.history("kept", since=since)
            assert not page.complete, what
            assert numbers(page) == [1, 2, 3, 4, 5], what
        assert (await hf.history("kept", since=Position(epoch, offset))).complete  # by hand


async def test_a_position_before_the_first(broker: Broker) -> None:
    async with holdfast(broker) as hf:
        start = (await hf.history("kept")).position
        assert start.offset == 0
        await publish(hf, SIZE)
        page = await hf.history("kept", since=start)
        assert (numbers(page), page.complete) == ([1, 2, 3, 4, 5], True)
        await publish(hf, 1, first=6)
        assert not (await hf.history("kept", since=start)).complete


async def test_channels_without_a_history_show_where_they_stand(broker: Broker) -> None:
    async with holdfast(broker) as hf:
        first = await hf.publish("other", "x")
        last = await hf.publish("other", "x")
        page = await hf.history("other")
        assert (list(page.publications), page.position) == ([], last)
        assert (await hf.history("other", since=last)).complete
        assert not (await hf.history("other", since=first)).complete
        assert (await hf.history("never")).position.offset == 0


async def test_every_kind_of_data_is_kept(broker: Broker) -> None:
    values: list[Any] = ["text", "", b"\x00\xff", b"", {"a": [1, None, "é"]}, 7, "x" * (1 << 20)]
    async with holdfast(broker, size=len(values), ring=Ring(bytes=1 << 22)) as hf:
        for value in values:
            await hf.publish("kept", value, key="k", tags={"a": "b"})
        page = await hf.history("kept")
        assert [publication.value for publication in page.publications] == values
        assert {(one.key, tuple(one.tags)) for one in page.publications} == {("k", (("a", "b"),))}


# --- where the broker keeps it


async def needs_store(broker: Broker) -> None:
    async with opened(broker) as side:
        if side.backplane.store is None:
            pytest.skip(f"{broker.name} leaves histories to the logs")


async def test_a_watch_begins_with_the_newest_of_the_history(broker: Broker) -> None:
    await needs_store(broker)
    async with opened(broker, KEPT) as one, opened(broker, KEPT) as two:
        positions = [await two.publish("a", str(n)) for n in range(8)]
        await one.watch("a")
        await one.reaches("a", 8)
        assert one.sink.data("a") == ["3", "4", "5", "6", "7"]
        (page,) = one.sink.pages["a"]
        assert (page.position, page.before) == (positions[-1], positions[2].tag)


async def test_apps_that_disagree_on_a_history_break_no_log(broker: Broker) -> None:
    """As while a new version of an app is rolled out, which keeps more than the old one."""
    await needs_store(broker)
    async with opened(broker, KEPT) as new, opened(broker) as old:
        for n in range(4):
            await new.publish("a", f"new {n}")
            await old.publish("a", f"old {n}")
        async with opened(broker, KEPT) as one, opened(broker) as two:
            for side in (one, two):  # the sinks look for holes
                await side.watch("a")
            for n in range(4, 8):
                await new.publish("a", f"new {n}")
                await old.publish("a", f"old {n}")
            for side in (one, two):
                await side.reaches("a", 16)
                assert side.sink.beginnings("a") == 1


async def test_publishers_that_know_no_options_fill_the_history_all_the_same(
    broker: Broker,
) -> None:
    await needs_store(broker)
    histories = {"{any}": History(size=1, ttl=60), "chat:{room}": History(size=3, ttl=60)}
    async with opened(broker, histories) as app, opened(broker, None) as outside:
        for name in ("chat:ä", "chat", "chat:x\ny", "other"):
            for n in range(5):
                await outside.publish(name, str(n))
        kept = {}
        for name in ("chat:ä", "chat", "chat:x\ny", "other"):
            assert app.backplane.store is not None
            page = await app.backplane.store.history(name, None, 100, False)
            kept[name] = [publication.offset for publication in page.publications]
        assert kept == {"chat:ä": [3, 4, 5], "chat": [5], "chat:x\ny": [3, 4, 5], "other": [5]}
