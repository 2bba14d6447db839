"""Streams: one producer for all viewers, over WebSocket and server-sent events."""

import asyncio
import itertools
import json
import threading
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
from fastapi import Depends, FastAPI, HTTPException
from fastapi.testclient import TestClient
from starlette.requests import HTTPConnection
from starlette.websockets import WebSocketDisconnect

from holdfast import ConfigurationError, Holdfast
from holdfast.testing import until_sync
from tests.support.testclient import closed

EVENTS = {"accept": "text/event-stream"}


def events(text: str) -> list[dict[str, str]]:
    """Server-sent events as a browser reads them: fields by name, comments left out."""
    found = []
    for block in text.strip().split("\n\n"):
        lines = [line.partition(": ") for line in block.split("\n") if not line.startswith(":")]
        if lines:
            found.append({name: value for name, _, value in lines})
    return found


@pytest.mark.parametrize("lifespan", [True, False])
def test_an_interval_stream_sends_at_once_and_then_again(
    app: FastAPI, hf: Holdfast, lifespan: bool
) -> None:
    count = itertools.count(1)

    @hf.stream("/s", every=0.05)
    async def numbers() -> int:
        return next(count)

    client = TestClient(app)
    if lifespan:
        client.__enter__()
    with client.websocket_connect("/s") as viewer:
        assert [viewer.receive_json() for _ in range(3)] == [1, 2, 3]
    if lifespan:
        client.__exit__(None, None, None)


def test_one_producer_for_all_and_the_latest_value_for_who_comes_late(
    app: FastAPI, hf: Holdfast
) -> None:
    calls = []

    @hf.stream("/s/{symbol}", every=60)
    def price(symbol: str, depth: int = 1) -> dict[str, Any]:
        calls.append((symbol, depth, threading.current_thread() is threading.main_thread()))
        return {"symbol": symbol, "n": len(calls)}

    with TestClient(app) as client, client.websocket_connect("/s/a") as first:
        assert first.receive_json() == {"symbol": "a", "n": 1}
        with client.websocket_connect("/s/a") as second:
            assert second.receive_json() == {"symbol": "a", "n": 1}
            assert [info.viewers for info in hf.streams] == [2]
        with client.websocket_connect("/s/a?depth=2") as other:
            assert other.receive_json() == {"symbol": "a", "n": 2}
        assert calls == [("a", 1, False), ("a", 2, False)]


def test_the_recent_values_for_who_asks(app: FastAPI, hf: Holdfast) -> None:
    count = itertools.count(1)

    @hf.stream("/s", every=0.02, since=3, overflow="skip")
    async def numbers() -> int:
        return next(count)

    with TestClient(app) as client, client.websocket_connect("/s") as first:
        while first.receive_json() < 5:
            pass
        with client.websocket_connect("/s") as second:
            start = second.receive_json()
            assert start >= 3
            assert [second.receive_json() for _ in range(3)] == [start + 1, start + 2, start + 3]


def test_a_late_beat_is_not_made_up_for(app: FastAPI, hf: Holdfast) -> None:
    calls: list[float] = []

    @hf.stream("/s", every=0.1)
    async def numbers() -> int:
        if len(calls) == 1:
            time.sleep(0.35)  # noqa: ASYNC251, WSK501  # pacing: the loop is held up, which is tested
        calls.append(time.monotonic())
        return len(calls)

    with TestClient(app) as client, client.websocket_connect("/s") as viewer:
        while viewer.receive_json() < 4:
            pass
    # Beats that came at the machine's own pace are late, too; two of them are never within one.
    assert calls[3] - calls[1] >= 0.09


def test_the_producer_stops_with_the_last_viewer(app: FastAPI, hf: Holdfast) -> None:
    running = []

    @hf.stream("/s")
    async def endless() -> AsyncIterator[int]:
        running.append(1)
        try:
            for number in itertools.count():
                yield number
                await asyncio.sleep(0.01)  # pacing
        finally:
            running.pop()

    with TestClient(app) as client:
        with client.websocket_connect("/s") as viewer:
            assert viewer.receive_json() == 0
            assert running == [1]
        until_sync(lambda: running == [] and hf.streams == [])
        assert hf.statistics().channels == 0


def test_linger_keeps_an_expensive_producer_over_a_reload(app: FastAPI, hf: Holdfast) -> None:
    starts = []
    go_on = asyncio.Event()

    @hf.stream("/s", append=True, linger=30)
    async def text() -> AsyncIterator[str]:
        starts.append(1)
        yield "first "
        await go_on.wait()
        yield "second"

    with TestClient(app) as client:
        with client.websocket_connect("/s") as viewer:
            assert viewer.receive_text() == "first "
        with client.websocket_connect("/s") as viewer:
            assert viewer.receive_text() == "first "
            client.portal.call(go_on.set)  # type: ignore[union-attr]
            assert viewer.receive_text() == "second"
            assert closed(viewer).code == 1000
    assert starts == [1]


def test_the_end_closes_with_1000_and_the_log_is_kept(app: FastAPI, hf: Holdfast) -> None:
    runs = []

    @hf.stream("/s", keep=0.3)
    async def three() -> AsyncIterator[int]:
        runs.append(1)
        for number in range(3):
            yield number

    with TestClient(app) as client:
        for _ in range(2):
            with client.websocket_connect("/s") as viewer:
                assert [viewer.receive_json() for _ in range(3)] == [0, 1, 2]
                assert closed(viewer).code == 1000
        assert [info.state for info in hf.streams] == ["ended"]
        assert runs == [1]
        until_sync(lambda: hf.streams == [])
        with client.websocket_connect("/s") as viewer:
            assert viewer.receive_json() == 0
        assert runs == [1, 1]


def test_a_text_so_far_comes_in_one_message(app: FastAPI, hf: Holdfast) -> None:
    go_on = asyncio.Event()

    @hf.stream("/s", append=True)
    async def text() -> AsyncIterator[str]:
        for word in ("one ", "two "):
            yield word
        await go_on.wait()
        yield "three"

    with TestClient(app) as client, client.websocket_connect("/s") as first:
        assert first.receive_text() + first.receive_text() == "one two "
        with client.websocket_connect("/s") as late:
            assert late.receive_text() == "one two "
            client.portal.call(go_on.set)  # type: ignore[union-attr]
            assert late.receive_text() == first.receive_text() == "three"


def test_a_failing_producer_is_logged_counted_and_restarted(
    app: FastAPI, hf: Holdfast, caplog: pytest.LogCaptureFixture
) -> None:
    attempts = itertools.count(1)

    @hf.stream("/s", every=0.05)
    async def flaky() -> int:
        attempt = next(attempts)
        if attempt == 1:
            raise RuntimeError("the sensor is away")
        return attempt

    with TestClient(app) as client, client.websocket_connect("/s") as viewer:
        assert viewer.receive_json() == 2
        (info,) = hf.streams
        assert (info.failures, info.state) == (1, "running")
        assert "the sensor is away" in info.last_error
    assert "the producer of holdfast:stream:/s failed" in caplog.text


def test_a_text_that_fails_ends_its_viewers(app: FastAPI, hf: Holdfast) -> None:
    @hf.stream("/s", append=True)
    async def broken() -> AsyncIterator[str]:
        yield "begun"
        raise RuntimeError("the model is away")

    with TestClient(app) as client, client.websocket_connect("/s") as viewer:
        assert viewer.receive_text() == "begun"
        assert closed(viewer).code == 1011


def test_the_number_of_streams_is_bounded(app: FastAPI, hf: Holdfast) -> None:
    @hf.stream("/s/{key}", every=60, max_streams=2)
    async def value(key: str) -> str:
        return key

    with (
        TestClient(app) as client,
        client.websocket_connect("/s/a"),
        client.websocket_connect("/s/b"),
    ):
        with pytest.raises(WebSocketDisconnect) as refused, client.websocket_connect("/s/c"):
            pass
        assert refused.value.status_code == 503  # type: ignore[attr-defined]
        assert client.get("/s/c", headers=EVENTS).status_code == 503
        assert {info.parameters["key"] for info in hf.streams} == {"a", "b"}


def test_long_parameters_make_a_key_of_bounded_length(app: FastAPI, hf: Holdfast) -> None:
    @hf.stream("/s", every=60)
    async def value(q: str) -> int:
        return len(q)

    with TestClient(app) as client, client.websocket_connect("/s?q=" + "x" * 2000) as viewer:
        assert viewer.receive_json() == 2000


def test_a_viewer_is_checked_by_dependencies(app: FastAPI, hf: Holdfast) -> None:
    async def guard(http: HTTPConnection) -> None:
        if http.query_params.get("key") != "right":
            raise HTTPException(403, "no")

    @hf.stream("/s", every=60, dependencies=[Depends(guard)])
    async def value() -> int:
        return 1

    client = TestClient(app)
    for get in (
        lambda: client.websocket_connect("/s?key=wrong").__enter__(),
        lambda: client.get("/s?key=wrong", headers=EVENTS).raise_for_status(),
    ):
        with pytest.raises(Exception) as refused:
            get()
        response = getattr(refused.value, "response", refused.value)
        assert response.status_code == 403
    with client.websocket_connect("/s?key=right") as viewer:
        assert viewer.receive_json() == 1


class TestEvents:
    """The same over HTTP."""

    def test_positions_data_and_the_end(self, app: FastAPI, hf: Holdfast) -> None:
        @hf.stream("/s")
        async def lines() -> AsyncIterator[Any]:
            yield "two\nlines"
            yield {"a": 1}
            yield b"\x00\x01"

        with TestClient(app) as client:
            answer = client.get("/s", headers=EVENTS)
        assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
        first, second, third, last = events(answer.text)
        assert answer.text.count("data: two\ndata: lines\n") == 1
        assert json.loads(second["data"]) == {"a": 1}
        assert third["data"] == "AAE="
        assert [e["id"].rpartition("-")[2] for e in (first, second, third)] == ["1", "2", "3"]
        assert last["event"] == "close"
        assert json.loads(last["data"])["code"] == 1000

    def test_last_event_id_resumes(self, app: FastAPI, hf: Holdfast) -> None:
        @hf.stream("/s")
        async def numbers() -> AsyncIterator[int]:
            for number in range(5):
                yield number

        with TestClient(app) as client:
            seen = events(client.get("/s", headers=EVENTS).text)
            resume = {**EVENTS, "last-event-id": seen[2]["id"]}
            rest = events(client.get("/s", headers=resume).text)
            assert [event["data"] for event in rest[:-1]] == ["3", "4"]
            unknown = {**EVENTS, "last-event-id": "ffff-3"}
            told = events(client.get("/s", headers=unknown).text)
            assert told[0]["event"] == "gap"
            assert [event["data"] for event in told[1:-1]] == ["0", "1", "2", "3", "4"]

    @pytest.mark.parametrize("accept", ["*/*", "text/html", "application/json"])
    def test_another_accept_is_told_to_upgrade(
        self, app: FastAPI, hf: Holdfast, accept: str
    ) -> None:
        @hf.stream("/s", every=1)
        async def value() -> int:
            return 1

        answer = TestClient(app).get("/s", headers={"accept": accept})
        assert answer.status_code == 426
        assert answer.headers["upgrade"] == "websocket"
        assert hf.streams == []

    def test_it_can_be_turned_off(self, app: FastAPI, hf: Holdfast) -> None:
        @hf.stream("/s", every=1, sse=False)
        async def value() -> int:
            return 1

        assert TestClient(app).get("/s", headers=EVENTS).status_code == 426

    def test_it_is_in_no_schema(self, app: FastAPI, hf: Holdfast) -> None:
        @hf.stream("/s", every=1)
        async def value() -> int:
            return 1

        assert app.openapi()["paths"] == {}


class TestChannelEndpoints:
    """``@hf.subscribe``."""

    def test_publications_arrive_and_history_first(self, app: FastAPI, hf: Holdfast) -> None:
        from holdfast import History

        hf.channel("orders.{id}", history=History(size=10, ttl=60))

        @hf.subscribe("/orders/{id}", since=2)
        def order(id: int) -> str:
            return f"orders.{id}"

        @app.post("/orders/{id}/{state}")
        def change(id: int, state: str) -> str:
            return str(hf.publish_threadsafe(f"orders.{id}", state))

        with TestClient(app) as client:
            for state in ("new", "paid", "packed"):
                client.post(f"/orders/7/{state}")
            with client.websocket_connect("/orders/7") as viewer:
                assert [viewer.receive_text() for _ in range(2)] == ["paid", "packed"]
                client.post("/orders/8/new")
                client.post("/orders/7/shipped")
                assert viewer.receive_text() == "shipped"

    def test_it_refuses_with_an_http_exception(self, app: FastAPI, hf: Holdfast) -> None:
        @hf.subscribe("/orders/{id}")
        async def order(id: int) -> str:
            raise HTTPException(404, "no such order")

        client = TestClient(app)
        assert client.get("/orders/1", headers=EVENTS).status_code == 404
        with pytest.raises(WebSocketDisconnect) as refused, client.websocket_connect("/orders/1"):
            pass
        assert refused.value.status_code == 404  # type: ignore[attr-defined]

    def test_it_must_return_a_name(self, app: FastAPI, hf: Holdfast) -> None:
        @hf.subscribe("/orders")
        async def order() -> str:
            return None  # type: ignore[return-value]

        with (
            pytest.raises(ConfigurationError, match="expects the name of a channel"),
            TestClient(app).websocket_connect("/orders"),
        ):
            pass
