"""Publishing from outside: from threads, after a fork, on several loops, and without Redis."""

from __future__ import annotations

import asyncio
import datetime
import gc
import json
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from itertools import chain
from typing import Any

import pytest
from pydantic import BaseModel

from holdfast import AsyncPublisher, Publisher
from holdfast.backplane.port import Publication
from holdfast.errors import (
    BackplaneUnavailable,
    BadChannel,
    ConfigurationError,
    WrongThread,
)
from holdfast.testing import until, until_sync
from tests.support.redis import RedisServer
from tests.support.servers import free_port

THREAD = "holdfast publisher"


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisServer]:
    with RedisServer() as server:
        yield server


@pytest.fixture
def publisher(redis: RedisServer) -> Iterator[Publisher]:
    with Publisher(redis.url) as made:
        yield made
    until_sync(lambda: not threads())


def threads() -> list[threading.Thread]:
    return [one for one in threading.enumerate() if one.name == THREAD]


def clients(redis: RedisServer) -> int:
    """Connections, without the one that asks."""
    return len(redis.call("CLIENT", "LIST").splitlines()) - 1


def run(code: str, *arguments: str) -> Any:
    """What a process of its own writes as JSON."""
    result = subprocess.run(
        [sys.executable, "-W", "error", "-c", code, *arguments],
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )
    assert (result.returncode, result.stderr) == (0, "")
    return [json.loads(line) for line in result.stdout.splitlines()]


# -- what a worker pays ----------------------------------------------------------------------------


def test_it_loads_no_framework() -> None:
    code = (
        "import json, sys; from holdfast import AsyncPublisher, Publisher;"
        "Publisher('redis://localhost');"
        "print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"
    )
    (found,) = run(code)
    assert "redis" in found
    assert not {"fastapi", "starlette", "pydantic", "uvicorn", "click"} & set(found)


def test_nothing_is_connected_before_the_first_publication(redis: RedisServer) -> None:
    before = clients(redis)
    publisher = Publisher(redis.url)
    assert (clients(redis), threads()) == (before, [])
    publisher.publish("news", "one")
    assert len(threads()) == 1
    publisher.close()
    until_sync(lambda: clients(redis) == before)
    assert threads() == []


# -- publishing ------------------------------------------------------------------------------------


class Order(BaseModel):
    id: int
    at: datetime.date


def test_positions_follow_each_other(publisher: Publisher) -> None:
    first = publisher.publish("sync", "one")
    data: list[Any] = ["two", b"\x00", {"a": [1]}, Order(id=7, at=datetime.date(2026, 1, 2))]
    positions = [publisher.publish("sync", one, key="k", tags={"a": "b"}) for one in data]
    assert [(one.epoch, one.offset) for one in positions] == [
        (first.epoch, number) for number in (2, 3, 4, 5)
    ]


def test_a_key_publishes_once_and_an_older_version_not_at_all(publisher: Publisher) -> None:
    once = [publisher.publish("once", "x", idempotency_key="7") for _ in range(2)]
    assert once[0] == once[1]
    versions = [publisher.publish("once", "x", version=version).offset for version in (2, 1, 2, 3)]
    assert versions == [2, 2, 2, 3]


WRONG = [
    (TypeError, {"data": object()}, "cannot be written as JSON"),
    (ValueError, {"data": "\ud800"}, "lone surrogate"),
    (TypeError, {"data": "x", "tags": {"a": 1}}, "tags are pairs of str"),
    (TypeError, {"data": "x", "key": 1}, "key= is int: expected str"),
    (TypeError, {"data": "x", "version": "1"}, "version='1': expected a whole number"),
    (TypeError, {"data": "x", "idempotency_key": 1}, "idempotency_key= is int: expected str"),
    (BadChannel, {"channel": "holdfast:x", "data": "x"}, "Holdfast's own"),
    (BadChannel, {"channel": "", "data": "x"}, "no channel name"),
]


@pytest.mark.parametrize(("kind", "arguments", "words"), WRONG, ids=lambda one: str(one)[:30])
def test_what_cannot_be_published(
    publisher: Publisher, kind: type[Exception], arguments: dict[str, Any], words: str
) -> None:
    with pytest.raises(kind, match=words):
        publisher.publish(**{"channel": "news", **arguments})
    assert threads() == []


def test_any_thread_may_and_each_keeps_its_order(publisher: Publisher) -> None:
    offsets: dict[int, list[int]] = {}

    def work(number: int) -> None:
        offsets[number] = [publisher.publish("threads", str(one)).offset for one in range(50)]

    workers = [threading.Thread(target=work, args=[number]) for number in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(threads()) == 1
    assert all(mine == sorted(mine) for mine in offsets.values())
    assert sorted(chain(*offsets.values())) == list(range(1, 401))


def test_on_an_event_loop_it_refuses_to_block(publisher: Publisher) -> None:
    async def handler() -> None:
        publisher.publish("news", "x")  # noqa: WSK903

    with pytest.raises(WrongThread, match="AsyncPublisher"):
        asyncio.run(handler())


FORK = """
import json, os, sys, warnings
from holdfast import Publisher

warnings.simplefilter("ignore", DeprecationWarning)  # newer Pythons warn of every such fork

publisher = Publisher(sys.argv[1])
publisher.publish("forks", "parent")
children = []
for _ in range(3):
    child = os.fork()
    if not child:
        offsets = [publisher.publish("forks", "child").offset for _ in range(20)]
        os.write(1, json.dumps(offsets).encode() + b"\\n")
        publisher.close()
        os._exit(0)
    children.append(child)
for child in children:
    assert os.waitpid(child, 0)[1] == 0
print(json.dumps([publisher.publish("forks", "parent again").offset]))
publisher.close()
"""


def test_forked_processes_connect_for_themselves(redis: RedisServer) -> None:
    lines = run(FORK, redis.url)
    assert len(lines) == 4
    assert lines[-1] == [62]
    assert sorted(chain(*lines)) == [*range(2, 63)]
    assert all(line == sorted(line) for line in lines)


# -- its end ---------------------------------------------------------------------------------------


def test_one_that_nobody_holds_ends(redis: RedisServer) -> None:
    before = clients(redis)
    publisher = Publisher(redis.url)
    publisher.publish("news", "x")
    assert len(threads()) == 1
    del publisher
    gc.collect()
    until_sync(lambda: not threads() and clients(redis) == before)


def test_a_closed_one_says_so(redis: RedisServer) -> None:
    publisher = Publisher(redis.url)
    for _ in range(2):
        publisher.close()
    with pytest.raises(ConfigurationError, match="this Publisher is closed"):
        publisher.publish("news", "x")


def test_a_process_that_closes_nothing_ends(redis: RedisServer) -> None:
    code = (
        "import sys; from holdfast import Publisher; publisher = Publisher(sys.argv[1]);"
        "print(publisher.publish('ends', 'x').offset)"
    )
    assert run(code, redis.url) == [1]


def test_closing_ends_what_other_threads_wait_for(redis: RedisServer) -> None:
    with RedisServer() as paused:
        publisher = Publisher(paused.url)
        publisher.publish("news", "x")
        paused.pause()
        raised: list[Exception] = []

        def work() -> None:
            try:
                publisher.publish("news", "x")
            except BackplaneUnavailable as error:
                raised.append(error)

        workers = [threading.Thread(target=work) for _ in range(3)]
        for worker in workers:
            worker.start()
        until_sync(lambda: sum(worker.is_alive() for worker in workers) == 3)
        began = time.monotonic()
        publisher.close()
        for worker in workers:
            worker.join(10)
        assert len(raised) == 3
        assert time.monotonic() - began < 4.5  # seconds; the deadline of publish is 5


# -- without a broker ------------------------------------------------------------------------------


def test_what_can_never_work_is_said_at_once() -> None:
    for url in ("memory://", "memory", "http://localhost", "redis://localhost/x", "", None):
        for make in (Publisher, AsyncPublisher):
            with pytest.raises(ConfigurationError):
                make(url)  # type: ignore[arg-type]


def test_a_broker_that_is_not_there_is_said_within_the_deadline() -> None:
    place = f"redis://127.0.0.1:{free_port()}"
    with Publisher(place.replace("//", "//:s3cret@"), timeout=1.0) as publisher:
        began = time.monotonic()
        with pytest.raises(BackplaneUnavailable, match=place) as caught:
            publisher.publish("news", "x")
        assert 0.9 < time.monotonic() - began < 5
        assert "s3cret" not in str(caught.value)

        def raises_at_once() -> bool:
            began = time.monotonic()
            with pytest.raises(BackplaneUnavailable):
                publisher.publish("news", "x")
            return time.monotonic() - began < 0.9

        assert any(raises_at_once() for _ in range(5))  # once it has been away for longer


def test_a_wrong_password_is_no_outage(redis: RedisServer) -> None:
    with Publisher(redis.url.replace("//", "//nobody:s3cret@")) as publisher:
        with pytest.raises(ConfigurationError, match="wrong user or password") as caught:
            publisher.publish("news", "x")
        assert "s3cret" not in str(caught.value)


def test_it_comes_back_when_the_broker_does() -> None:
    with RedisServer() as redis, Publisher(redis.url, timeout=20) as publisher:
        publisher.publish("news", "x")
        redis.kill()
        restart = threading.Timer(0.5, redis.start)
        restart.start()
        assert publisher.publish("news", "x").offset == 1  # of a log that began anew
        restart.join()


# -- on an event loop ------------------------------------------------------------------------------


@asynccontextmanager
async def heard(redis: RedisServer, channel: str) -> AsyncIterator[list[Publication]]:
    """What a process that watches a channel is brought."""
    from holdfast.backplane.publisher import Nobody, opener

    class Listener(Nobody):
        def __init__(self) -> None:
            self.publications: list[Publication] = []

        def deliver(self, channel: str, epoch: str, publication: Publication) -> None:
            self.publications.append(publication)

    listener, keeper = Listener(), opener(redis.url, 5)()
    keeper.start(listener)
    try:
        await keeper.watch(channel)
        yield listener.publications
    finally:
        await keeper.close()


async def test_what_is_published_arrives_as_it_was(redis: RedisServer) -> None:
    async with heard(redis, "async") as publications, AsyncPublisher(redis.url) as publisher:
        position = await publisher.publish("async", {"a": 1}, key="k", tags={"b": "2", "a": "1"})
        await publisher.publish("async", "text")
        await publisher.publish("async", b"\xff")
        await until(lambda: len(publications) == 3)
        first = publications[0]
        assert (first.offset, first.tag) == (position.offset, position.tag)
        assert (first.key, first.tags) == ("k", (("a", "1"), ("b", "2")))
        assert [one.value for one in publications] == [{"a": 1}, "text", b"\xff"]


async def test_many_at_once_go_in_their_order(redis: RedisServer) -> None:
    async with AsyncPublisher(redis.url) as publisher:
        await publisher.publish("many", "0")
        redis.reset()
        positions = await asyncio.gather(
            *(publisher.publish("many", str(number)) for number in range(500))
        )
        assert [one.offset for one in positions] == list(range(2, 502))
        assert redis.calls()["evalsha"] <= 502  # the beat's too


async def test_a_closed_one_on_a_loop_says_so(redis: RedisServer) -> None:
    publisher = AsyncPublisher(redis.url)
    await publisher.publish("news", "x")
    for _ in range(2):
        await publisher.close()
    with pytest.raises(ConfigurationError, match="this AsyncPublisher is closed"):
        await publisher.publish("news", "x")


def test_it_may_serve_one_loop_after_another_but_not_two(redis: RedisServer) -> None:
    publisher = AsyncPublisher(redis.url)

    async def publish() -> int:
        return (await publisher.publish("loops", "x")).offset

    async def meanwhile() -> None:
        await publish()
        with pytest.raises(WrongThread, match="another event loop"):
            await asyncio.to_thread(lambda: asyncio.run(publish()))
        await publisher.close()

    asyncio.run(meanwhile())
