"""The ticker: the newest of everything at once, the rate that was asked for, and no more."""

import json
import math
import statistics
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import pytest
from fastapi.testclient import TestClient
from websockets.exceptions import InvalidStatus

from holdfast.demo.app import app
from holdfast.demo.live import hf
from holdfast.demo.market import Market
from holdfast.demo.ticker import FASTEST, INTERVAL, Pace
from holdfast.testing import Peer, peer, until
from tests.demo.visiting import client, receive
from tests.support.http import get_json, post, request

FAST = 20_000  # for servers whose every message takes a turn of the loop, too
COUNT = 500


class Board:
    """What a viewer knows: the newest price of each symbol, and the last report."""

    def __init__(self) -> None:
        self.prices: dict[str, float] = {}
        self.report: dict[str, Any] = {}
        self.updates = 0

    def __call__(self, payload: bytes | str) -> None:
        value = json.loads(payload)
        if isinstance(value, dict):
            self.report = value
        else:
            self.prices[value[0]] = value[1]
            self.updates += 1

    @property
    def complete(self) -> bool:
        return len(self.prices) == COUNT

    def was_told(self, asked: int) -> bool:
        return bool(self.report.get("asked") == asked)

    def was_published(self, rate: int) -> bool:
        return bool(0.7 * rate < self.report["published"] < 1.2 * rate)


@asynccontextmanager
async def watching(port: int, **options: Any) -> AsyncIterator[tuple[Board, Peer]]:
    """A viewer who has been given every instrument."""
    board = Board()
    async with peer(port, "/ws/ticker", on_message=board, **options) as viewer:
        await until(lambda: board.complete)
        yield board, viewer


async def ask(port: int, rate: int) -> None:
    await post(port, "/ticker/rate", {"updates_per_second": rate})


async def running(port: int) -> dict[str, int]:
    """The streams that run, and how many watch each."""
    state = await get_json(port, "/state")
    return {one["path"]: one["viewers"] for one in state["streams"]}


# -- all of them on one connection -------------------------------------------------------------


@pytest.mark.servers
async def test_a_viewer_is_given_every_instrument_at_once(port: int) -> None:
    await ask(port, 0)  # so that none comes as news
    listed = await get_json(port, "/ticker/instruments")
    async with watching(port) as (first, _), watching(port) as (second, _):
        assert first.prices == second.prices
    assert first.prices.keys() == {one["symbol"] for one in listed}
    assert all(price > 0 for price in first.prices.values())


@pytest.mark.servers
async def test_who_comes_late_is_given_the_newest_of_every_instrument(stock: int) -> None:
    await ask(stock, 5000)
    async with watching(stock) as (first, _):
        await until(lambda: first.updates > 3000)
        await ask(stock, 0)
        await until(lambda: first.was_told(0))
        async with watching(stock) as (late, _):
            assert late.prices == first.prices
            assert late.updates == COUNT


@pytest.mark.servers
async def test_a_rate_holds_for_all_viewers_and_is_told_to_all(port: int) -> None:
    async with watching(port) as (one, _), watching(port) as (other, _):
        for rate in (300, 1200):
            await ask(port, rate)
            for board in (one, other):
                await until(partial(board.was_told, rate), what="the new rate is told")
                await until(partial(board.was_published, rate), what="the new rate is kept")


@pytest.mark.servers
async def test_only_rates_that_can_be_kept_are_taken(stock: int) -> None:
    for rate in (-1, FASTEST + 1, 0.5, "many", None):
        answer = await request("POST", stock, "/ticker/rate", {"updates_per_second": rate})
        assert answer.status == 422, rate


@pytest.mark.servers
async def test_at_any_rate_a_viewer_gets_each_instrument_ten_times_a_second_at_most(
    port: int,
) -> None:
    await ask(port, FAST)
    async with watching(port) as (board, _):
        await until(lambda: board.report.get("published", 0) > FAST / 3)
        began, before = time.monotonic(), board.updates
        # Two seconds, or longer where the machine is busy.
        await until(lambda: time.monotonic() > began + 2 and board.updates > before + COUNT, 30)
        received, elapsed = board.updates - before, time.monotonic() - began
    await ask(port, 0)
    assert received < COUNT * (elapsed / INTERVAL + 5)  # what was on its way, and what is now


@pytest.mark.servers
async def test_a_slow_reader_is_given_the_newest_prices_and_stops_nobody(stock: int) -> None:
    await ask(stock, FASTEST)
    async with (
        watching(stock) as (fast, healthy),
        watching(stock, receive_buffer=2048, segment=536) as (slow, stalled),
    ):
        stalled.stall()
        before = fast.updates
        await until(lambda: fast.updates > before + 16_000)  # more than its socket holds
        await ask(stock, 0)
        await until(lambda: fast.was_told(0))
        stalled.transport.resume_reading()
        await until(lambda: slow.was_told(0))
        assert slow.prices == fast.prices
        assert slow.updates < fast.updates - COUNT
        assert not stalled.ended.is_set()
        assert not healthy.ended.is_set()


@pytest.mark.parametrize("asked", [1, 10])
def test_few_updates_a_second_are_not_none(asked: int) -> None:
    pace = Pace()
    pace.asked = asked
    began, made = time.monotonic(), 0
    while made < 2:
        made += pace.bunch()
        assert time.monotonic() - began < 2 / asked + 10
        time.sleep(0.005)  # pacing
    assert time.monotonic() - began > 1.9 / asked


def test_what_is_said_to_be_published_was_published() -> None:
    with TestClient(app) as tests, tests.websocket_connect("/ws/ticker") as ws:
        tests.post("/ticker/rate", json={"updates_per_second": 1000})

        def report() -> tuple[int, float, int]:
            """What is said, when, and how much there was until then."""
            while isinstance(value := ws.receive_json(), list):
                pass
            (info,) = [one for one in hf.streams if one.path == "/ws/ticker"]
            return value["published"], time.monotonic(), info.published

        while report()[0] == 0:
            pass

        def is_true() -> bool:
            _, began, before = report()
            said, ended, after = report()
            return bool(said == pytest.approx((after - before) / (ended - began), rel=0.2))

        assert any(is_true() for _ in range(20))  # on a busy machine a report may come late


@pytest.mark.servers
async def test_nothing_runs_when_nobody_watches(port: int) -> None:
    async with watching(port), client(port, "/ws/price/ALDAI") as one:
        await receive(one)
        assert (await running(port)).items() >= {"/ws/ticker": 1, "/ws/price/{symbol}": 1}.items()
    await until(lambda: nothing_runs(port))


async def nothing_runs(port: int) -> bool:
    return not (await running(port)).keys() & {"/ws/ticker", "/ws/price/{symbol}"}


# -- one of them -------------------------------------------------------------------------------


@pytest.mark.servers
async def test_one_instrument_is_watched_alone_and_moves(port: int) -> None:
    wild = max(Market().instruments, key=lambda one: one.listing.open)
    async with client(port, f"/ws/price/{wild.symbol}") as ws:
        began = time.monotonic()
        prices = []
        for _ in range(15):
            symbol, price = await receive(ws)
            assert symbol == wild.symbol
            prices.append(price)
        assert time.monotonic() - began > 10 * INTERVAL
    assert len(set(prices)) > 3
    assert all(abs(price / wild.listing.open - 1) < 0.5 for price in prices)


@pytest.mark.servers
async def test_both_ways_show_the_same_market(stock: int) -> None:
    await ask(stock, 0)
    async with watching(stock) as (board, _):
        before = board.prices["CEDRA"]
        async with client(stock, "/ws/price/CEDRA") as one:
            for _ in range(10):
                _, price = await receive(one)
        await ask(stock, 5000)
        await until(lambda: board.prices["CEDRA"] != before)
        await ask(stock, 0)
        assert board.prices["CEDRA"] == pytest.approx(price, rel=0.02)


@pytest.mark.servers
async def test_what_is_not_listed_is_not_found(port: int, stock: int) -> None:
    with pytest.raises(InvalidStatus):
        async with client(port, "/ws/price/NOPE"):
            pass
    answer = await request("GET", stock, "/ws/price/NOPE", headers={"Accept": "text/event-stream"})
    assert (answer.status, answer.json) == (404, {"detail": "NOPE is not listed"})
    assert await nothing_runs(stock)


# -- the market --------------------------------------------------------------------------------


def walk(market: Market, times: list[float]) -> list[float]:
    """The logarithm of what became of each price, in the end."""
    for now in times:
        prices = [one.price(now) for one in market.instruments]
    return [
        math.log(price / one.listing.open)
        for price, one in zip(prices, market.instruments, strict=True)
    ]


def test_there_are_five_hundred_different_instruments() -> None:
    listings = [one.listing for one in Market().instruments]
    assert len({one.symbol for one in listings}) == COUNT
    assert len({one.name for one in listings}) == COUNT
    assert all(one.symbol.isalpha() and len(one.symbol) == 5 for one in listings)
    assert all(20 <= one.open <= 900 for one in listings)


def test_the_same_seed_and_times_give_the_same_prices() -> None:
    times = [0.1 * step for step in range(20)]
    assert walk(Market(7), times) == walk(Market(7), times)
    assert walk(Market(7), times) != walk(Market(8), times)


def test_who_looks_more_often_does_not_move_the_prices_more() -> None:
    seldom = walk(Market(), [0, 30])
    often = walk(Market(), [0.1 * step for step in range(301)])
    assert statistics.stdev(often) == pytest.approx(statistics.stdev(seldom), rel=0.25)


def test_prices_wander_but_not_for_ever() -> None:
    moved = walk(Market(), [10.0 * step for step in range(2000)])
    assert 0.005 < statistics.stdev(moved) < 0.1
    assert max(map(abs, moved)) < 0.5
    assert max(map(abs, walk(Market(), [0, 1e6]))) < 0.2  # after a long time without a viewer
