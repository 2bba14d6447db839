"""``?since=``: a WebSocket client goes on where its last connection ended."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from fastapi import FastAPI
from fastapi.testclient import TestClient

from holdfast import History, Holdfast


def since(envelope: dict[str, Any]) -> str:
    return f"?since={envelope['epoch']}-{envelope['offset']}"


def numbered(hf: Holdfast) -> None:
    """Five publications in a stream that has not ended."""

    @hf.stream("/s", envelope=True, linger=5)
    async def numbers() -> AsyncIterator[int]:
        for number in range(5):
            yield number
        await asyncio.Event().wait()


def test_a_stream_goes_on_after_a_position(app: FastAPI, hf: Holdfast) -> None:
    numbered(hf)
    with TestClient(app) as client:
        with client.websocket_connect("/s") as ws:
            seen = [ws.receive_json() for _ in range(5)]
        with client.websocket_connect("/s" + since(seen[2])) as ws:
            assert [ws.receive_json() for _ in range(2)] == seen[3:]


def test_a_position_of_another_epoch_is_told_as_a_gap(app: FastAPI, hf: Holdfast) -> None:
    numbered(hf)
    with TestClient(app) as client, client.websocket_connect("/s") as first:
        first.receive_json()
        for position in ("ffff-3", "of+an+older+form", "%00"):
            with client.websocket_connect(f"/s?since={position}") as ws:
                assert ws.receive_json() == {"holdfast": "gap", "channel": "/s", "missed": None}
                assert ws.receive_json()["offset"] == 1


def test_a_channel_endpoint_goes_on_and_begins_where_its_option_says(
    app: FastAPI, hf: Holdfast
) -> None:
    hf.channel("news", history=History(size=10, ttl=60))

    @hf.subscribe("/news", since="all", envelope=True)
    async def news() -> str:
        return "news"

    @app.post("/publish")
    async def publish(count: int) -> None:
        for number in range(count):
            await hf.publish("news", number)

    with TestClient(app) as client:
        client.post("/publish?count=4")
        with client.websocket_connect("/news") as ws:
            seen = [ws.receive_json() for _ in range(4)]
        with client.websocket_connect("/news" + since(seen[1])) as ws:
            assert [ws.receive_json()["data"] for _ in range(2)] == [2, 3]
        client.post("/publish?count=20")
        with client.websocket_connect("/news" + since(seen[1])) as ws:
            assert ws.receive_json()["offset"] == 3  # the ring is larger than the history


def test_a_parameter_of_that_name_is_the_functions_own(app: FastAPI, hf: Holdfast) -> None:
    @hf.stream("/s", every=60)
    async def value(since: int = 0) -> int:
        return since

    with TestClient(app) as client, client.websocket_connect("/s?since=1999") as ws:
        assert ws.receive_json() == 1999
