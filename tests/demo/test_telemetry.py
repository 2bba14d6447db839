"""The figures of the demo: on every server, from before, and without a hole."""

import subprocess
import sys
import time
from collections.abc import Iterable
from contextlib import AsyncExitStack
from itertools import pairwise
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection

from holdfast.demo.meter import ENOUGH, Rates, cpu_per_delivery
from holdfast.testing import until
from tests.demo.visiting import APP, client, receive
from tests.support.http import get_json
from tests.support.servers import STOCK, Servers
from tests.support.timing import one_within

NEVER_BELOW_0 = ("received", "sent", "load", "lag", "connections", "tasks", "deliveries")


async def envelopes(ws: ClientConnection, count: int) -> list[Any]:
    return [await receive(ws) for _ in range(count)]


def position(envelope: Any) -> str:
    return f"/ws/telemetry?since={envelope['epoch']}-{envelope['offset']}"


def offsets(found: Iterable[Any]) -> list[int]:
    return [one["offset"] for one in found]


# -- the samples -------------------------------------------------------------------------------


@pytest.mark.servers
async def test_a_sample_comes_at_once_and_then_every_second(port: int) -> None:
    async with client(port, "/ws/metrics") as ws:
        await receive(ws)  # from now on there is one

    async def to_come() -> float:
        async with client(port, "/ws/metrics") as ws:
            began = time.monotonic()
            await receive(ws)
            return time.monotonic() - began

    await one_within(0.9, to_come)
    async with client(port, "/ws/metrics") as ws:
        samples = [await receive(ws) for _ in range(3)]
    times = [sample["time"] for sample in samples]
    assert 1.5 < times[2] - times[0] < 3.5


@pytest.mark.servers
async def test_what_is_measured_can_be_true(port: int) -> None:
    async with client(port, "/ws/metrics") as ws:
        sample = await receive(ws)
        sample = await receive(ws)
    assert abs(sample["time"] - time.time()) < 5
    assert sample["cores"]
    assert all(0 <= core <= 100 for core in [sample["cpu"], *sample["cores"]])
    assert 0 < sample["memory"] < 100
    assert sample["memory_used"] < sample["memory_total"]
    assert min(sample[name] for name in NEVER_BELOW_0) >= 0
    assert min(sample["disk_read"] or 0, sample["disk_written"] or 0) >= 0
    assert sample["connections"] >= 1
    assert sample["tasks"] >= 2


@pytest.mark.servers
async def test_deliveries_and_what_each_of_them_costs_are_measured(servers: Servers) -> None:
    port = servers.fresh(STOCK, APP).port
    async with AsyncExitStack() as stack:
        few = await stack.enter_async_context(client(port, "/ws/metrics"))
        assert (await receive(few))["cpu_per_delivery"] is None
        viewers = [
            await stack.enter_async_context(client(port, "/ws/metrics")) for _ in range(2 * ENOUGH)
        ]

        sample = await receive(viewers[0])
        everyone = 2 * ENOUGH + 1  # the first samples are of seconds in which they came
        while sample["deliveries"] < 1.5 * ENOUGH or sample["connections"] < everyone:
            sample = await receive(viewers[0])
    assert sample["connections"] == everyone
    assert 1.5 * ENOUGH < sample["deliveries"] < 3 * ENOUGH
    assert 1 < sample["cpu_per_delivery"] < 10_000


def test_a_rate_is_what_a_counter_grew_by_in_a_second() -> None:
    began = time.monotonic()
    rates = Rates({"sent": 1000.0, "gone": 5.0})
    time.sleep(0.2)  # pacing
    found = rates.since_last({"sent": 2000.0, "new": 7.0})
    longest = time.monotonic() - began
    assert found.keys() == {"sent"}
    assert 990 / longest < found["sent"] < 5100
    assert rates.since_last({"sent": 2000.0, "new": 7.0}) == {"sent": 0, "new": 0}


def test_few_deliveries_say_nothing_of_their_costs() -> None:
    assert cpu_per_delivery({"delivered": ENOUGH - 1, "cpu": 5000.0}) is None
    assert cpu_per_delivery({"delivered": 1000.0, "cpu": 5000.0}) == 5.0


# -- the last minutes --------------------------------------------------------------------------


@pytest.mark.servers
async def test_who_comes_is_given_what_was_measured_before(port: int) -> None:
    async with client(port, "/ws/telemetry") as ws:
        seen = await envelopes(ws, 3)
    async with client(port, "/ws/telemetry") as ws:
        again = await envelopes(ws, 3)
    assert again == seen
    assert offsets(seen) == [1, 2, 3]
    assert {one["channel"] for one in seen} == {"telemetry"}


@pytest.mark.servers
async def test_who_comes_back_goes_on_where_it_was(stock: int) -> None:
    async with client(stock, "/ws/telemetry") as ws:
        first, second, third = await envelopes(ws, 3)
    async with client(stock, position(first)) as ws:
        assert await envelopes(ws, 2) == [second, third]


@pytest.mark.servers
async def test_who_comes_back_to_another_server_is_told_of_the_gap(stock: int) -> None:
    async with client(stock, "/ws/telemetry?since=0123abcd-7") as ws:
        gap, first = await envelopes(ws, 2)
    assert gap == {"holdfast": "gap", "channel": "telemetry", "missed": None}
    assert first["offset"] == 1


@pytest.mark.servers
async def test_it_is_measured_while_nobody_looks(servers: Servers) -> None:
    port = servers.fresh(STOCK, APP).port
    async with client(port, "/ws/telemetry") as ws:
        last = await receive(ws)

    async def three_more() -> bool:
        async with client(port, "/ws/metrics") as ws:
            sample = await receive(ws)
        return bool(sample["time"] > last["data"]["time"] + 2.5)

    await until(three_more)
    async with client(port, position(last)) as ws:
        found = [last, *await envelopes(ws, 3)]
    times = [one["data"]["time"] for one in found]
    assert all(0.5 < after - before < 2.5 for before, after in pairwise(times))


# -- what this process holds -------------------------------------------------------------------


@pytest.mark.servers
async def test_a_viewer_leaves_nothing(servers: Servers) -> None:
    port = servers.fresh(STOCK, APP).port

    async def begun() -> bool:
        return bool((await get_json(port, "/state"))["channels"])

    await until(begun)
    before = await get_json(port, "/state")
    assert (before["connections"], before["channels"], before["streams"]) == (0, 1, [])

    async def as_before() -> bool:
        return bool(await get_json(port, "/state") == before)

    async def to_go() -> float:
        async with client(port, "/ws/telemetry") as ws:
            await receive(ws)
            during = await get_json(port, "/state")
        assert during["connections"] == 1
        assert during["tasks"] > before["tasks"]
        return await until(as_before)

    await one_within(2, to_go)


def run(code: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", code]
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)


@pytest.mark.parametrize("client", ["TestClient(app)", "nullcontext(TestClient(app))"])
def test_an_app_that_ends_and_begins_again_measures_again(client: str) -> None:
    code = f"""
from contextlib import nullcontext
from fastapi.testclient import TestClient
from holdfast.demo.app import app
for _ in range(2):
    with {client} as client, client.websocket_connect("/ws/telemetry") as ws:
        print(ws.receive_json()["data"]["cpu"])
"""
    found = run(code)
    assert len(found.stdout.split()) == 2, found.stderr


def test_without_psutil_one_sentence_says_what_to_install() -> None:
    code = "import sys; sys.modules['psutil'] = None; import holdfast.demo.app"
    found = run(code)
    assert "The demo needs psutil: install it with  pip install 'holdfast[demo]'" in found.stderr
