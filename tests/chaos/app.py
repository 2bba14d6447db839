"""What the workers serve: a socket that joins channels as it is told, and publishing over HTTP."""

from __future__ import annotations

import asyncio
import faulthandler
import json
import os
import signal
import time
from collections.abc import Sequence
from typing import Any

import msgspec
from fastapi import FastAPI
from fastapi.responses import JSONResponse

from holdfast import BackplaneUnavailable, Connection, History, Holdfast, Position

faulthandler.register(signal.SIGUSR2)  # a worker that answers nothing is asked where it is

SIZE, TTL = 10_000, 600.0  # more than a round publishes, and what one call reads

app = FastAPI()
hf = Holdfast(app, backplane=os.environ["CHAOS_BACKPLANE"])
hf.channel("kept.{n}", history=History(SIZE, TTL))
hf.channel("buffered.{n}", history=History(SIZE, TTL), outage="buffer")
hf.channel("plain.{n}")
app.include_router(hf.health_router())


class Command(msgspec.Struct):
    """What a client says: join a channel after a position ("all": all that is kept), or leave."""

    do: str
    channel: str
    since: str = ""
    overflow: Any = None


class Item(msgspec.Struct):
    """One message to publish."""

    channel: str
    data: dict[str, Any]


@hf.websocket("/listen", envelope=True)
async def listen(conn: Connection[Command]) -> None:
    await conn.send({"chaos": "worker", "pid": os.getpid()})
    async with asyncio.TaskGroup() as tasks:  # a join that waits for the broker holds up no other
        async for command in conn:
            tasks.create_task(carry_out(conn, command))


async def carry_out(conn: Connection[Command], command: Command) -> None:
    if command.do == "leave":
        await conn.leave(command.channel)
        await conn.send({"chaos": "left", "channel": command.channel})
        return
    try:
        complete = await conn.join(
            command.channel, since=since(command.since), overflow=command.overflow
        )
    except BackplaneUnavailable as error:
        await conn.send({"chaos": "refused", "channel": command.channel, "error": str(error)})
    else:
        await conn.send({"chaos": "joined", "channel": command.channel, "complete": complete})


def since(text: str) -> Any:
    return Position.parse(text) if "-" in text else text or None


@app.post("/publish")
async def publish(items: list[dict[str, Any]]) -> JSONResponse:
    """One answer for each: a position, "" for what is buffered, or {"error": ...}.

    Those of a channel are published one after the other, as one task would; `slowest` is what one
    of them took, in seconds.
    """
    by_channel: dict[str, list[tuple[int, Item]]] = {}
    for index, item in enumerate(msgspec.convert(items, list[Item])):
        by_channel.setdefault(item.channel, []).append((index, item))
    answers: list[Any] = [None] * len(items)
    took = await asyncio.gather(*(in_order(queue, answers) for queue in by_channel.values()))
    return JSONResponse({"pid": os.getpid(), "answers": answers, "slowest": max(took, default=0)})


async def in_order(queue: Sequence[tuple[int, Item]], answers: list[Any]) -> float:
    """Publish one after the other; returns the seconds that the slowest took."""
    slowest = 0.0
    for index, item in queue:
        began = time.monotonic()
        try:
            position = await hf.publish(item.channel, item.data)
        except BackplaneUnavailable:
            answers[index] = {"error": "unavailable"}
        except Exception as error:  # a finding, which ends no round
            answers[index] = {"error": repr(error)}
        else:
            answers[index] = str(position) if position.epoch else ""
        slowest = max(slowest, time.monotonic() - began)
    return slowest


@app.get("/history/{channel}")
async def history(channel: str) -> JSONResponse:
    """All that the broker keeps of a channel, oldest first."""
    try:
        page = await hf.history(channel, limit=SIZE)
    except BackplaneUnavailable as error:
        return JSONResponse({"error": str(error)}, 503)
    kept = [[one.offset, one.tag, one.value] for one in page.publications]
    return JSONResponse({"position": str(page.position), "publications": kept})


@app.get("/worker")
async def worker() -> JSONResponse:
    """Which process this is, and its counters."""
    counters = json.loads(msgspec.json.encode(hf.statistics()))
    return JSONResponse({"pid": os.getpid(), "ready": hf.ready, "statistics": counters})
