"""A keeper that connects again leaves nothing; one that nobody closes is a leak, and only one."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from holdfast import AsyncPublisher, Deadlines, Holdfast
from holdfast.testing import (
    LeakError,
    Server,
    assert_no_leaks,
    serve,
    serve_in_thread,
    until,
    until_sync,
)
from tests.support.redis import RedisServer

pytest_plugins = ["pytester"]
pytestmark = [pytest.mark.newest, pytest.mark.timeout(60), pytest.mark.leak_check(False)]

LEFT = r"^1 thing is left after 0.3 s:\n\ntask 'holdfast keeper', Keeper._run\n"


@pytest.fixture
def redis() -> Iterator[RedisServer]:
    with RedisServer() as server:
        yield server


class OnRedis:
    """An app on a Redis that can be killed; ``gone`` and ``back`` ask whether it has noticed."""

    def __init__(self, redis: RedisServer) -> None:
        self.redis = redis
        self.app = FastAPI()
        quick = Deadlines(publish_timeout=1.5, join_timeout=1.5)
        self.hf = hf = Holdfast(self.app, backplane=redis.url, deadlines=quick)

        @hf.subscribe("/feed/{channel}")
        async def feed(channel: str) -> str:
            return channel

    def gone(self) -> bool:
        return not self.hf.ready

    def back(self) -> bool:
        return self.hf.ready

    async def restart(self) -> None:
        self.redis.kill()
        await until(self.gone)
        self.redis.start()
        await until(self.back, timeout=20)

    async def leave(self) -> None:
        """What an app's lifespan does."""
        await self.hf._runtimes.end()


@pytest.fixture
def one(redis: RedisServer) -> OnRedis:
    return OnRedis(redis)


@pytest.fixture
async def server(one: OnRedis) -> AsyncIterator[Server]:
    async with serve(one.app) as running:
        yield running


# -- those of before -------------------------------------------------------------------------------


async def test_a_broker_that_comes_back_with_a_client_around(one: OnRedis, server: Server) -> None:
    async with assert_no_leaks(one.hf, timeout=10), server.peer("/feed/a") as ann:
        await until(lambda: one.hf.connections and one.hf.connections[0].subscriptions)
        await one.restart()
        assert await ann.end() == 3010  # the log went with the broker


async def test_a_subscription_that_is_lost_again_and_again(one: OnRedis, server: Server) -> None:
    async with assert_no_leaks(timeout=10):
        for outages in 1, 2, 3:
            one.redis.call("CLIENT", "KILL", "TYPE", "pubsub")
            await until(lambda n=outages: one.back() and one.hf.statistics().outages == n)


async def test_a_broker_that_is_away_at_the_end(one: OnRedis, server: Server) -> None:
    async with assert_no_leaks(timeout=10):
        one.redis.kill()
        await until(one.gone)


async def test_a_broker_that_is_away_at_the_beginning(one: OnRedis, server: Server) -> None:
    one.redis.kill()
    await until(one.gone)
    async with assert_no_leaks(timeout=10):
        one.redis.start()
        await until(one.back, timeout=20)


async def test_an_app_that_begins_and_ends_in_the_block(one: OnRedis) -> None:
    async with assert_no_leaks(timeout=10), serve(one.app):
        await one.restart()


async def test_a_publisher_of_before(redis: RedisServer) -> None:
    async with AsyncPublisher(redis.url) as publisher:
        await publisher.publish("a", 1)
        async with assert_no_leaks(timeout=10):
            redis.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
            redis.call("CLIENT", "KILL", "TYPE", "pubsub")
            await publisher.publish("a", 2)


Runs = Callable[[FastAPI], Any]


@pytest.mark.parametrize("runs", [serve_in_thread, TestClient])
def test_on_a_loop_in_another_thread(one: OnRedis, runs: Runs) -> None:
    with runs(one.app):
        until_sync(one.back)
        with assert_no_leaks(timeout=10):
            one.redis.kill()
            until_sync(one.gone)
            one.redis.start()
            until_sync(one.back, timeout=20)


# -- those that are left ---------------------------------------------------------------------------


async def test_one_that_nobody_closes(one: OnRedis) -> None:
    """An app's Holdfast, used where its lifespan never ran."""
    with pytest.raises(LeakError, match=LEFT) as caught:
        async with assert_no_leaks(timeout=0.3):
            await one.hf.publish("a", 1)
    assert "test_keepers.py" in str(caught.value)
    assert "await one.hf.publish" in str(caught.value)
    async with assert_no_leaks(timeout=10):
        await one.leave()


async def test_one_that_nobody_closes_and_that_connects_again(one: OnRedis) -> None:
    with pytest.raises(LeakError, match=LEFT):
        async with assert_no_leaks(timeout=0.3):
            await one.hf.publish("a", 1)
            await one.restart()
    await one.leave()


async def test_one_that_nobody_closes_beside_one_of_before(one: OnRedis, server: Server) -> None:
    publisher = AsyncPublisher(one.redis.url)
    with pytest.raises(LeakError, match=LEFT):
        async with assert_no_leaks(timeout=0.3):
            await publisher.publish("a", 1)
            await one.restart()
    await publisher.close()


async def test_one_that_may_stay(one: OnRedis) -> None:
    async with assert_no_leaks(timeout=10, allow=["holdfast keeper"]):
        await one.hf.publish("a", 1)
    await one.leave()


def test_one_in_another_thread(one: OnRedis) -> None:
    client = TestClient(one.app)
    try:
        expected = pytest.raises(LeakError, match="task 'holdfast keeper', Keeper._run")
        with expected, assert_no_leaks(timeout=0.3):
            client.__enter__()
    finally:
        client.__exit__(None, None, None)


async def test_another_client_of_the_same_broker(one: OnRedis, server: Server) -> None:
    with pytest.raises(LeakError, match=r"^1 thing .*\n\nsocket \d+: .*, ESTABLISHED$") as caught:
        async with assert_no_leaks(timeout=0.3):
            await one.restart()
            left = socket.create_connection(("127.0.0.1", one.redis.port))
    (leak,) = caught.value.leaks
    own, broker = (f"127.0.0.1:{port}" for port in (left.getsockname()[1], one.redis.port))
    assert leak.names == (own, broker)
    left.close()


# -- the plugin ------------------------------------------------------------------------------------

SUITE = """
import pytest
from fastapi import FastAPI
from holdfast import Holdfast
from holdfast.testing import serve, until
from redis import Redis

URL = {url!r}

def make():
    app = FastAPI()
    return app, Holdfast(app, backplane=URL)

async def blip(hf):
    with Redis.from_url(URL) as operator:
        operator.execute_command("CLIENT", "KILL", "TYPE", "pubsub")
    await until(lambda: hf.ready and hf.statistics().outages)

@pytest.fixture
async def hf():
    app, hf = make()
    async with serve(app):
        yield hf

async def test_around_a_fixture(hf):
    await hf.publish("a", 1)
    await blip(hf)

async def test_served_in_the_test():
    app, hf = make()
    async with serve(app):
        await hf.publish("a", 1)
        await blip(hf)

async def test_never_closed():
    await make()[1].publish("a", 1)
"""


def test_the_option_for_a_whole_suite(
    redis: RedisServer, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makeini(
        "[pytest]\nasyncio_mode = auto\nasyncio_default_fixture_loop_scope = function\n"
        "holdfast_leak_check = true\nholdfast_leak_timeout = 1\n"
    )
    pytester.makepyfile(SUITE.format(url=redis.url))
    plugins = ("-p", "holdfast.testing.plugin", "-p", "pytest_asyncio.plugin")
    result = pytester.runpytest_subprocess(*plugins, "-p", "no:cacheprovider")
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(
        [
            "*_ test_never_closed _*",
            "1 thing is left after 1 s:",
            "task 'holdfast keeper', Keeper._run",
            "  made at  *test_never_closed*await make()[[]1[]].publish*",
        ]
    )
